"""The response measure of suppliers."""
