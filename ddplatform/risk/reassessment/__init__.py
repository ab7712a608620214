"""Sites due for reassessment."""
