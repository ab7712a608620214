"""Documents, what in them may lead to a person, and taking that out."""
