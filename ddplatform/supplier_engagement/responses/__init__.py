"""Answers of suppliers as they are kept."""
