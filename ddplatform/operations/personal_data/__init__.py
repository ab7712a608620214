"""Personal data: export for the person concerned, erasure, replay of erasures."""
