"""A list is applied to its map, and taken back."""
