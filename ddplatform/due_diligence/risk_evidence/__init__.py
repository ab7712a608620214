"""Findings and actions as the assessment of risks asks for them."""
