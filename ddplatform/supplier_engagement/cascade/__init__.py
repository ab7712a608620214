"""Suppliers of suppliers: naming, proposal to a buyer, onward requests."""
