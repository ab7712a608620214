"""What sources saw of a place."""
