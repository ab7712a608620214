"""Observations of a place by sources."""
