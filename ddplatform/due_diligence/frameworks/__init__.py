"""How far the records reach for what a framework asks."""
