"""The log that an outsider can check: events, tree, signed heads."""
