"""History of a map: its steps, and the map on a past day."""
