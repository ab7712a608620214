"""Matching for imports: merged records and likely duplicates."""
