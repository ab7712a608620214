"""Places that a list no longer names: a question for each."""
