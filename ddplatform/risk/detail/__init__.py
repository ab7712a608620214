"""One risk with all its parts."""
