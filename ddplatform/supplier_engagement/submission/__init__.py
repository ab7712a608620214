"""Answers are checked, declared and sent."""
