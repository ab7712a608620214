"""Background jobs: rows, claims, the worker."""
