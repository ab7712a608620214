"""Permissions, roles and who is acting."""
