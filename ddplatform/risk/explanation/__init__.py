"""Explanation of a risk score, and of what would change it."""
