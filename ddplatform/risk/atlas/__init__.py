"""Atlas of countries and goods."""
