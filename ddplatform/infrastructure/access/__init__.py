"""Permissions, roles and the acting identity."""
