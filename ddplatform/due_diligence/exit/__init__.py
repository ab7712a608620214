"""Responsible suspension or termination of a business relationship."""
