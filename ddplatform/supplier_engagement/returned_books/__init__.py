"""Workbooks that suppliers mailed back, brought in by the buyer."""
