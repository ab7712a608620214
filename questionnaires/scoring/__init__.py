"""Answers become risk signals."""
