"""Releases of the reference data."""
