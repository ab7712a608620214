"""Forms as data: reading, changing, writing."""
