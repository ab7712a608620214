"""Alternative names of towns: Bengaluru and Bangalore, München and Munich.

`data/matching/town_names.csv` gives for each alternative name, in plain Latin letters, the main
one. Spellings that sound alike need no row (`word_likeness`).
"""

import csv
from functools import lru_cache

from supply_chain.matching.data_files import DATA


def with_known_towns(words: tuple[str, ...]) -> tuple[str, ...]:
    """The plain words of an address or place with each town by one name."""
    known = town_names()
    if known.keys().isdisjoint(words):
        return words
    return tuple(part for word in words for part in known.get(word, (word,)))


@lru_cache(maxsize=1)
def town_names() -> dict[str, tuple[str, ...]]:
    """Other name of a town -> the words of its main name."""
    with (DATA / "town_names.csv").open(encoding="utf-8", newline="") as handle:
        return {row["other"]: tuple(row["town"].split()) for row in csv.DictReader(handle)}
