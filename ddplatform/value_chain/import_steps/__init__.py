"""Application of a list to its map, and its undo."""
