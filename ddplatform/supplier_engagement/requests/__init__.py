"""Questionnaire requests: sending, reminders, withdrawal."""
