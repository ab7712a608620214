"""Shared parts of all forms: submission, numbers, files, field errors."""
