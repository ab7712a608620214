"""Every fault of a form at once."""
