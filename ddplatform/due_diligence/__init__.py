"""Findings, actions and remediation."""
