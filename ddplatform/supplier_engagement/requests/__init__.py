"""Questionnaires are sent, chased and withdrawn."""
