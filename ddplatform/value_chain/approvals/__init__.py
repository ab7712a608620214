"""What needs a second person: asked for with the change of a map."""
