"""Selection of nodes of a map: filters, search, lists."""
