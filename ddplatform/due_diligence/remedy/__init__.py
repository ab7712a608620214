"""Remediation cases about children."""
