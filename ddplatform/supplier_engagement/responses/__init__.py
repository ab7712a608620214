"""Stored answers of suppliers."""
