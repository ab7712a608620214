"""Respondents: sign-in by a link, and several people of one supplier."""
