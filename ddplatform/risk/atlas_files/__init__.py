"""The atlas as files."""
