"""Record matching: likely duplicates of one supplier, found and decided."""
