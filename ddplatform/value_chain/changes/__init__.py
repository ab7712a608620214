"""Two days of a map side by side, and the changes of one node."""
