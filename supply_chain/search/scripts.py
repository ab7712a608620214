"""Search over names in another script than the query.

Complement of the search by letters (`names`): there a name in Cyrillic or Chinese becomes Latin
letters and is found, but Arabic script omits vowels, and some spellings differ too much. Here
names are compared by their consonants, and only where one of the two is not in Latin letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from supply_chain.graph.stored_columns import Arrays, Kept
from supply_chain.search.consonants import consonants, is_of_other_script
from supply_chain.search.names import LEAST_LIKE, Hit, SearchIndex

PREFIX = "consonant_"
OTHER = "other_script"
LEAST_WORD = 80.0
"""Least similarity of the worst word: of five consonants one may differ."""
LEAST_JOINED = 4
"""Consonants from which on all of it is compared in one piece, over the blanks."""
CERTAIN = 0.85
"""Factor below 1, since the same consonants are not yet the same name."""


@dataclass(frozen=True)
class ScriptIndex:
    """The consonants of each row, and which rows are not in Latin letters alone."""

    index: SearchIndex
    is_other: NDArray[np.bool_]

    @staticmethod
    def arrays(texts: Sequence[str]) -> Arrays:
        """The arrays of an index over texts as they are written, to be kept in files."""
        made = SearchIndex.arrays([consonants(text) for text in texts])
        other = np.fromiter(map(is_of_other_script, texts), dtype=np.bool_, count=len(texts))
        return {**{f"{PREFIX}{name}": part for name, part in made.items()}, OTHER: other}

    @classmethod
    def of(cls, kept: Kept) -> "ScriptIndex":
        """The index of these arrays.

        Raises:
            KeyError: an array is missing.
        """
        named = {name.removeprefix(PREFIX): part for name, part in kept.items() if PREFIX in name}
        other: Any = kept[OTHER]
        return cls(SearchIndex.of(named), other)

    def find(self, typed: str) -> list[Hit]:
        """Rows with the consonants of what was typed, one of the two not in Latin letters."""
        wanted, is_other = consonants(typed), is_of_other_script(typed)
        if len(wanted) < 2 or not (is_other or self.is_other.any()):
            return []
        rows = self.index.candidates(wanted, None if is_other else self.is_other)
        hits = [
            Hit(row, likeness, text)
            for row in rows
            if (likeness := _likeness(wanted, text := self.index.texts[row])) >= LEAST_LIKE
        ]
        return sorted(hits, key=lambda hit: (-hit.likeness, hit.text, hit.row))


def _likeness(wanted: str, text: str) -> float:
    """Similarity, 0 to 85: every word found, or all of it in one piece."""
    words, others = [word for word in wanted.split() if len(word) > 1], text.split()
    best = [max((fuzz.ratio(word, other) for other in others), default=0.0) for word in words]
    by_word = sum(best) / len(best) if best and min(best) >= LEAST_WORD else 0.0
    joined, whole = wanted.replace(" ", ""), text.replace(" ", "")
    is_long = LEAST_JOINED <= len(joined) <= len(whole) + 1
    in_one = max(
        [fuzz.ratio(joined, other) for other in others] + [fuzz.partial_ratio(joined, whole)]
    )
    return CERTAIN * max(by_word, in_one if is_long else 0.0)


def find_like(kept: Kept, typed: str) -> list[Hit]:
    """Rows like what was typed by their letters or by their consonants, the likest first.

    A row that both find counts by the better of the two.

    Raises:
        KeyError: an array of either index is missing.
    """
    best: dict[int, Hit] = {}
    for hit in (*SearchIndex.of(kept).find(typed), *ScriptIndex.of(kept).find(typed)):
        known = best.get(hit.row)
        best[hit.row] = hit if known is None or known.likeness < hit.likeness else known
    return sorted(best.values(), key=lambda hit: (-hit.likeness, hit.text, hit.row))
