"""Asking suppliers, and what they answer."""
