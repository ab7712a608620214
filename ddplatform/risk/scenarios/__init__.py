"""Scenarios: changes tried on a map without altering it."""
