"""Submission of answers: check, declaration, sending."""
