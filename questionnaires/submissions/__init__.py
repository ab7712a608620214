"""Answers of phone apps and their servers."""
