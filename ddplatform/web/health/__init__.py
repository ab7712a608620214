"""Whether the application stands."""
