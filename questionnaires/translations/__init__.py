"""Translations of the texts of a form."""
