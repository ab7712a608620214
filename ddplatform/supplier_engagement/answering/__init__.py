"""Answer pages of suppliers."""
