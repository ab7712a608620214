"""Documents, detection of personal data in them, and its redaction."""
