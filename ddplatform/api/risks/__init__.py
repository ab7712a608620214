"""Scored risks for programs."""
