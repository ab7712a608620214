"""A list comes in: kept, read, compared and shown."""
