"""Words that distinguish two parts of one firm or place: north and south, A and B.

So do the processes of a trade (spinning and dyeing), which a firm may have side by side.
They differ by few letters of a long name, and never mean one place where each name has its own.
The words of many languages are in `data/matching/part_words.csv`.
"""

import csv
from collections.abc import Sequence
from functools import lru_cache

from supply_chain.matching.data_files import DATA

_NO_PARTS = frozenset({"number", "unit"})


def differing_parts(one: Sequence[str], other: Sequence[str]) -> tuple[str, str] | None:
    """The words of two plain names that indicate two parts, or None."""
    known = part_words()
    mine = {known[word][0]: word for word in one if word in known and word not in other}
    theirs = {known[word][0]: word for word in other if word in known and word not in one}
    for kind in sorted(mine.keys() & theirs.keys() - _NO_PARTS):
        if known[mine[kind]] != known[theirs[kind]]:
            return mine[kind], theirs[kind]
    # "Mill A" and "Mill B"
    if one and other and one[-1] != other[-1] and len(one[-1]) == len(other[-1]) == 1:
        return (one[-1], other[-1]) if (one[-1] + other[-1]).isalpha() else None
    return None


def unit_number(words: Sequence[str], place: int) -> str | None:
    """The digits of a word for a number that is last or behind a word like "unit"."""
    kind, meaning = part_words().get(words[place], ("", ""))
    return meaning if kind == "number" and is_of_unit(words, place) else None


def is_of_unit(words: Sequence[str], place: int) -> bool:
    """Whether a word is in the position of a unit number: last, or behind a word for one."""
    if place == 0:
        return False
    before = part_words().get(words[place - 1], ("", ""))
    return place == len(words) - 1 or before[0] == "unit"


@lru_cache(maxsize=1)
def part_words() -> dict[str, tuple[str, str]]:
    """Plain word -> its kind ("direction") and its meaning ("north")."""
    with (DATA / "part_words.csv").open(encoding="utf-8", newline="") as handle:
        return {row["word"]: (row["kind"], row["meaning"]) for row in csv.DictReader(handle)}
