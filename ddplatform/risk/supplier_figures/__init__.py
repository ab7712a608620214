"""Figures of a supplier's places as the supplier reads them."""
