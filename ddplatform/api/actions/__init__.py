"""Mitigation actions for programs."""
