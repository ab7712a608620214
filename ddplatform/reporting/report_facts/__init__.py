"""Facts of reports."""
