"""Current scores of a map: the starting point of every scenario."""
