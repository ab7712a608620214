"""Suppliers of suppliers: named, proposed to a buyer, asked in turn."""
