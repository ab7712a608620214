"""Forms that an organisation brings itself."""
