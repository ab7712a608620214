"""Work to be done later: rows, claims, the worker."""
