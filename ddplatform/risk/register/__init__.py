"""Risk register of one map, or of all, in the order of work."""
