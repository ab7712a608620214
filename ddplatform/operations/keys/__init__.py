"""Rotation of the keys of an installation."""
