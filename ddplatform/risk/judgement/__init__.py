"""Judgements of people on a risk."""
