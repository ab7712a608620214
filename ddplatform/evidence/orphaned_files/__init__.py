"""Stored files that no record names: found and removed."""
