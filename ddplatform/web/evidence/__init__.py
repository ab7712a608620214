"""Documents and what they are used for."""
