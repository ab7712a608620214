"""Answers from phone apps and their servers."""
