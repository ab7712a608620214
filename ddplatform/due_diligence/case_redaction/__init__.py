"""Redaction of words in the sealed texts of a remediation case."""
