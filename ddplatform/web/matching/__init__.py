"""Pages on likely duplicates: the list, one pair side by side, many at once, what was merged."""
