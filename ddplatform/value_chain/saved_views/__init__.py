"""Saved views of a map of an organisation."""
