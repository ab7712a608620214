"""The risks of a map, or of all, in the order of work."""
