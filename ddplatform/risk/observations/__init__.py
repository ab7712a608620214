"""Observations of a place that people enter with their source."""
