"""Duplicate matching: records of the same company or site (docs/matching.md)."""
