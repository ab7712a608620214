"""Governance of the organisation itself: responsible persons, board notes, training."""
