"""Merge of two nodes into one, and its split."""
