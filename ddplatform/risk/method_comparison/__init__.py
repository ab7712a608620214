"""A map under two versions of the method."""
