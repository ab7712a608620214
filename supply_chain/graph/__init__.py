"""The value chain as columns and adjacency, its picture, its files."""
