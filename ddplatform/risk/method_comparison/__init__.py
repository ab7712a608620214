"""Comparison of a map under two versions of the method."""
