"""Texts of cases: what could identify a child is refused, or confirmed to name nobody."""
