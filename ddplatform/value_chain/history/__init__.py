"""What a map said before: its steps, and the map on a past day."""
