"""View of a map as a file."""
