"""What an import has to know of matching."""
