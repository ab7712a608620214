"""The externally verifiable log: events, tree, signed heads."""
