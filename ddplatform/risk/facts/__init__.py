"""Evidence on the nodes of a map."""
