"""Stored assessment runs and their scores."""
