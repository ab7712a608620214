"""Questionnaires, answers and campaigns of the sample company."""
