"""Places missing from the next list, with a question for each."""
