"""What needs a second person: what waits, what is in force, what was decided (RM-2.0 3.8 and 8)."""
