"""Complete list of the faults of a form."""
