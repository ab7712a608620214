"""The risk to children at each place of a map, and what is judged of it."""
