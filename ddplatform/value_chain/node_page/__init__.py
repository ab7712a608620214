"""The page of a node, with the cards that later packages put on it."""
