"""The response measure of suppliers as the buyer reads it."""
