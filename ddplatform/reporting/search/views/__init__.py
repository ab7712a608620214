"""The search page: groups, lines, excerpts."""
