"""Activities of the places of a list: questions, answers, their reuse for the next list."""
