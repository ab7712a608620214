"""Figures of a supplier's places as the supplier reads them, and questions about them."""
