"""Irreversible redaction of personal data in documents."""
