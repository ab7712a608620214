"""Answers given once are shown to one more buyer."""
