"""Which records mean the same company or site (docs/matching.md)."""
