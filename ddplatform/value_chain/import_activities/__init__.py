"""What the places of a list do: asked, answered, remembered for the next list."""
