"""Copies of a database in one consistent state, and their restoration."""
