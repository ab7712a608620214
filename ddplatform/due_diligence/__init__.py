"""What was found, and what is done about it."""
