"""What an organisation sees first, and what it publishes."""
