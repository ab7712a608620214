"""Questions about the links of a map."""
