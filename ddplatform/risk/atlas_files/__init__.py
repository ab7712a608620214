"""Atlas as files."""
