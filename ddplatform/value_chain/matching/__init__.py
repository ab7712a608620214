"""Which records mean one supplier: pairs, found and decided."""
