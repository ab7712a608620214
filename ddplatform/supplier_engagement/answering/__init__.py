"""The pages on which a supplier answers."""
