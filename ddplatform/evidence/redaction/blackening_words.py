"""Words of a file in all their written forms, in the child of `blackening.py`."""

import re
import unicodedata
from collections.abc import Sequence

TAKEN_OUT = "[…]"
"""The replacement for removed words, in every language."""
BROKEN_LINE = "(?:[\u00ad\u0002\ufffe\u200b-\u200f]|-?[\r\n]+)*"
"""Possible breaks within a word: hyphens at a line's end, zero-width characters."""
MARGIN = 40
"""Letters that are shown on each side of words that are taken out."""


class Refused(Exception):
    """The file cannot be blackened; `code` is the exit code for the reason."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def pattern_of(words: Sequence[str], *, broken: bool = False) -> re.Pattern[str]:
    """One pattern, the longest words first; small and capital letters are the same.

    Args:
        broken: words may be broken at the end of a line, and their spaces be missing (PDF).
    """
    return re.compile(
        "|".join(_one(word, broken=broken) for word in sorted(words, key=len, reverse=True)),
        re.IGNORECASE,
    )


def _one(word: str, *, broken: bool) -> str:
    space, between = (r"\s*", BROKEN_LINE) if broken else (r"\s+", "")
    parts = unicodedata.normalize("NFKC", word).split()
    return f"({space.join(between.join(map(re.escape, part)) for part in parts)})"


def count(found: re.Match[str], words: Sequence[str], times: list[int]) -> None:
    """Count one find for the word that it is of."""
    by_length = sorted(range(len(words)), key=lambda at: len(words[at]), reverse=True)
    times[by_length[(found.lastindex or 1) - 1]] += 1


def around(text: str, start: int, end: int) -> str:
    """The text on both sides of removed words, without them."""
    left, right = text[max(0, start - MARGIN) : start], text[end : end + MARGIN]
    return " ".join(f"{left}{TAKEN_OUT}{right}".split())
