"""Official lists of businesses: reading them, and finding them in a map."""
