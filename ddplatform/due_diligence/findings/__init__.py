"""Findings: recording and lifecycle."""
