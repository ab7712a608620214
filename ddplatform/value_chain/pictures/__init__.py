"""Map as a drawing and as a table."""
