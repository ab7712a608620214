"""Texts of questionnaires in further languages."""
