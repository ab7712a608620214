"""Emergency contacts for a child in danger."""
