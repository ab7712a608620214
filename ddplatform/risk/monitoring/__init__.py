"""Daily check for triggers of a reassessment."""
