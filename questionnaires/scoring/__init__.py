"""Scoring: from answers to risk signals."""
