"""Texts of a form in further languages."""
