"""Official lists, and the nodes that may be on them."""
