"""The value chain of an organisation: maps, their lists, pictures and history."""
