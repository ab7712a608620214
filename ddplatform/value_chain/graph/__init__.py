"""Whole map: as a graph, as a snapshot, with tiers and summaries of its nodes."""
