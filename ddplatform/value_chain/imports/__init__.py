"""Supplier-list import: storage, reading, comparison and preview."""
