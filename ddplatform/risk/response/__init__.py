"""Response measure of suppliers."""
