"""Maps are assessed: as a whole, or what changed alone."""
