"""Documents and their uses."""
