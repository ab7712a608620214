"""The search over names, and the filters of nodes."""
