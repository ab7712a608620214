"""Name search, and filters of nodes."""
