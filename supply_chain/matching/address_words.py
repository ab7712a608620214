"""Abbreviated and translated address words: "Jl." and "Rd" are "road".

`data/matching/address_words.csv` gives for each run of plain words its English equivalent;
words without meaning ("No.") have none.
"""

import csv
from functools import lru_cache

from supply_chain.matching.data_files import DATA

_STREETS = ("strasse", "str")  # joined to the name in German: "Hauptstrasse"
_NAME_LETTERS = 4


def with_plain_address_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The plain words of an address with each known run of them in English, longest runs first."""
    known, firsts, longest = _known_runs()
    found: list[str] = []
    place = 0
    while place < len(words):
        word = words[place]
        if word not in firsts:
            found += _street_parted(word)
            place += 1
            continue
        size = next(
            (n for n in range(longest, 0, -1) if words[place : place + n] in known),
            0,
        )
        found += known[words[place : place + size]] if size else (word,)
        place += max(size, 1)
    return tuple(found) or words


def _street_parted(word: str) -> tuple[str, ...]:
    for ending in _STREETS:
        if word.endswith(ending) and len(word) >= len(ending) + _NAME_LETTERS:
            return word.removesuffix(ending), "street"
    return (word,)


@lru_cache(maxsize=1)
def _known_runs() -> tuple[dict[tuple[str, ...], tuple[str, ...]], frozenset[str], int]:
    """Run of words -> its English words; the words that open a run; the longest run."""
    with (DATA / "address_words.csv").open(encoding="utf-8", newline="") as handle:
        rows = [*csv.DictReader(handle)]
    known = {tuple(row["words"].split()): tuple(row["meaning"].split()) for row in rows}
    return known, frozenset(run[0] for run in known), max(map(len, known))
