"""Findings and remediation cases of the sample company."""
