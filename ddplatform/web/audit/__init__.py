"""The log: read, filter, check."""
