"""Ours against what others would use, on the same data in the same process."""
