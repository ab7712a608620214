"""Translations of questionnaires."""
