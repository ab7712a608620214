"""Changes tried on a map without touching it."""
