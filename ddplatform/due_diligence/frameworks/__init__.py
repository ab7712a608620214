"""Coverage of framework requirements by the records."""
