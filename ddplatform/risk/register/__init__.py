"""All risks of a map under RM-2.0 in the order of work, with their ranges and grades."""
