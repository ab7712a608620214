"""Mitigation actions on findings: planning, reporting, verification."""
