"""Findings: recorded, and moved along their steps."""
