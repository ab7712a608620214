"""How far work behind the pages is."""
