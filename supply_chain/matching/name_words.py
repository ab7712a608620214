"""Differences between two names, word by word.

A word may be spelled in two ways (`word_likeness`), split or joined. Where one name only adds
words, both may be one; where each has a word that the other lacks ("North" and "East"), they seldom
are. Words count by their rarity.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from supply_chain.matching.grams import Floats, Ints, word_counts
from supply_chain.matching.normalise import Forms
from supply_chain.matching.word_likeness import likeness

LEAST_WEIGHT = 0.1
MOST = 2.0  # rare words; more than these say no more
SHORTEST_HELD = 4  # letters of a word that the other name may hold inside of its own
SHORTEST_NAME = 3
SHORTEST_SPREAD = 8  # letters of a name written with blanks inside of its words
SURE = 0.8


def word_columns(names: Sequence[Forms], left: Ints, right: Ints) -> dict[str, Floats]:
    """Columns of separate and common words of names, for the pairs (left[i], right[i])."""
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    found = np.array([_weights(names[one], names[other]) for one, other in pairs]).reshape(-1, 3)
    one, other, shared = found.T
    fewer, more = np.minimum(one, other), np.maximum(one, other)
    return {
        "name_each_alone": np.minimum(fewer, MOST) / MOST,
        "name_one_alone": np.minimum(more, MOST) / MOST,
        "name_held": shared / np.maximum(shared + fewer, LEAST_WEIGHT),
        "name_shared": shared / np.maximum(shared + fewer + more, LEAST_WEIGHT),
    }


def _weights(one: Forms, other: Forms) -> tuple[float, float, float]:
    """The weight of what one and the other say alone, and of what both say."""
    if one.words == other.words:
        return 0.0, 0.0, sum(map(_weight, set(one.words)))
    mine, theirs = set(one.words), set(other.words)
    if min(len(one.squeezed), len(other.squeezed)) < SHORTEST_NAME:
        return sum(map(_weight, mine)), sum(map(_weight, theirs)), 0.0
    both = mine & theirs
    mine, theirs = mine - both, theirs - both
    # A name of one short word ("Sol") is no shortened word of another ("Soleil").
    least = 0 if min(len(one.words), len(other.words)) > 1 else SHORTEST_HELD
    here = {word: _most_alike(word, theirs, other, least) for word in mine}
    there = {word: _most_alike(word, mine, one, least) for word in theirs}
    shared = sum(map(_weight, both))
    shared += max(_told(here), _told(there))
    alone, there_alone = _alone(here), _alone(there)
    if _is_spread_out(one, other):
        return 0.0, there_alone, shared + alone
    if _is_spread_out(other, one):
        return alone, 0.0, shared + there_alone
    return alone, there_alone, shared


def _is_spread_out(short: Forms, long: Forms) -> bool:
    """Whether a name of several letters is contained in the other, whose blanks differ."""
    return len(short.squeezed) >= SHORTEST_SPREAD and short.squeezed in long.squeezed


def _most_alike(word: str, others: set[str], name: Forms, least: int) -> float:
    """Similarity of the most similar word of the other side; `least` letters make a word."""
    if len(word) < least:
        return 0.0
    found = max((likeness(word, other) for other in others if len(other) >= least), default=0.0)
    if found < SURE and len(word) >= SHORTEST_HELD and word in name.squeezed:
        return 1.0
    return found


def _told(words: dict[str, float]) -> float:
    return sum(_weight(word) * part for word, part in words.items())


def _alone(words: dict[str, float]) -> float:
    return sum(_weight(word) * (1.0 - part) for word, part in words.items())


@lru_cache(maxsize=1 << 17)
def _weight(word: str) -> float:
    return max(word_counts("name").weight(word), LEAST_WEIGHT)
