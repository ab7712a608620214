"""A form as data: read, changed, written."""
