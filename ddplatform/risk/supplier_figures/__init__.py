"""Figures of a supplier's places, as the supplier sees them."""
