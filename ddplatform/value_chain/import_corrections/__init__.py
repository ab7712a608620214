"""A list is mended before it is applied."""
