"""Correction of a list before it is applied."""
