"""Other tools for the same work; installed only for comparison (`requirements.txt` beside it)."""
