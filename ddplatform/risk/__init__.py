"""Risk to children at each place of a map, and judgements on it."""
