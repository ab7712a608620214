"""Approximate phonetic form of names: one spelling for the several spellings of lists.

"Gazprom" and "Gasprom", "Mueller" and "Müller", "Tekstil" and "Textil" are one name in two
spellings. Made for Latin letters of any origin, so it follows no single language.
"""

import re
from collections.abc import Sequence

# In this order: a longer spelling goes before the letters that it is made of.
_SPELLINGS = (
    *(("ph", "f"), ("sch", "s"), ("ae", "a"), ("oe", "o"), ("ue", "u")),
    *(("oo", "u"), ("ou", "u"), ("ee", "i"), ("c", "k"), ("q", "k"), ("z", "s")),
    *(("w", "v"), ("y", "i"), ("x", "ks"), ("h", "")),
)
_DOUBLED = re.compile(r"([a-z])\1+")


def sounded(names: Sequence[str]) -> list[str]:
    """Plain names without blanks, spelled by their sound; numbers stay as they are."""
    joined = "\0".join(names)  # one pass for all of them
    for spelling, sound in _SPELLINGS:
        joined = joined.replace(spelling, sound)
    return _DOUBLED.sub(r"\1", joined).split("\0") if names else []
