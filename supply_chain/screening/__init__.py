"""Official lists of businesses: reading, and search for their entries in a map."""
