"""The log: each change leaves one event; read, checked, proven."""
