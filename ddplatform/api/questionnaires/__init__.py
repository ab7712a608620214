"""Questionnaires and requests for programs."""
