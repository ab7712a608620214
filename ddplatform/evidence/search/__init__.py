"""Detection of personal data in documents."""
