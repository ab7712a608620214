"""Taking out of a document what leads to a person."""
