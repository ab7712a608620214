"""What others use for the same work; installed only to compare (`requirements.txt` beside it)."""
