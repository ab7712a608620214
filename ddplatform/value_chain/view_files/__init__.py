"""A view of a map as a file."""
