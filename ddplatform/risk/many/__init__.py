"""One step on many risks at once."""
