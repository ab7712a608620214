"""Answers in, state out."""
