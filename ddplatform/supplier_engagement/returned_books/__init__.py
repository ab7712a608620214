"""Workbooks mailed back by suppliers and imported by the buyer."""
