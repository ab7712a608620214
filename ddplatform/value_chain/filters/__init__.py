"""Which nodes of a map are meant: filters, search, lists."""
