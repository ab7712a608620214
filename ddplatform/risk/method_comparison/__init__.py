"""A map under two versions of the risk method, to see what a change of method moves and why."""
