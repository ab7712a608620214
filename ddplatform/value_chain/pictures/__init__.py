"""A map as a drawing and as a table."""
