"""Safeguarding officers: the role is given and taken by two people (docs/adr/0032)."""
