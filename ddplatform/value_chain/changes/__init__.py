"""Comparison of two days of a map, and the changes of one node."""
