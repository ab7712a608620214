"""Supplier engagement: questionnaires and the answers of suppliers."""
