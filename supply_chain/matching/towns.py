"""Different towns within addresses: "14 Main Road, Dhaka" is not that of Chittagong.

A town closes an address in most lists, and is a few letters among many. Where both addresses end in
words that the other lacks, and these outweigh their common words, the records may be of two places.
"""

from functools import lru_cache

from supply_chain.matching.grams import word_counts
from supply_chain.matching.normalise import Forms
from supply_chain.matching.word_likeness import likeness

LETTERS = 4  # of a word that may be a town
LEAST_WEIGHT = 0.4  # of a word; "road" and "district" weigh less
# Largest ratio of the common weight to the separate weight of the side with less.
MOST_IN_COMMON = 3.0


def differing_towns(one: Forms, other: Forms) -> tuple[str, str] | None:
    """The final words of two addresses where they indicate two towns."""
    ends = _ends(one, other)
    if not all(ends) or ends[0] in other.squeezed or ends[1] in one.squeezed:
        return None
    if min(map(_weight, ends)) < LEAST_WEIGHT:
        return None
    if _is_told(ends[0], other) or _is_told(ends[1], one):
        return None
    mine, theirs, common = _weights(one, other)
    return ends if common < MOST_IN_COMMON * min(mine, theirs) else None


def words_held(one: Forms, other: Forms) -> float:
    """Word overlap of two addresses, 0 to 1, relative to the one with fewer words of its own.

    In any order, spelled in two ways, and regardless of further words of the longer one.
    """
    mine, theirs, common = _weights(one, other)
    fewer = min(mine, theirs)
    return common / (common + fewer) if common else 0.0


def _ends(one: Forms, other: Forms) -> tuple[str, str]:
    """The last words that may be towns, before a province or country that closes both."""
    mine, theirs = ([*filter(_may_be_town, side.words)] for side in (one, other))
    while mine and theirs and mine[-1] == theirs[-1]:
        mine.pop()
        theirs.pop()
    return (mine[-1] if mine else ""), (theirs[-1] if theirs else "")


def _may_be_town(word: str) -> bool:
    return len(word) >= LETTERS and not word.isdigit()


def _is_told(word: str, address: Forms) -> bool:
    return any(likeness(word, other) for other in address.words if len(other) > 2)


def _weights(one: Forms, other: Forms) -> tuple[float, float, float]:
    """Weights of the separate and common words of each address, by their rarity."""
    mine, theirs = (set(filter(_may_be_town, side.words)) for side in (one, other))
    common = sum(map(_weight, mine & theirs))
    shared = 0.0
    alone = []
    for words, side in ((mine - theirs, other), (theirs - mine, one)):
        part_of = {word: _most_alike(word, side) for word in words}
        shared = max(shared, sum(_weight(word) * part for word, part in part_of.items()))
        alone.append(sum(_weight(word) * (1.0 - part) for word, part in part_of.items()))
    return alone[0], alone[1], common + shared


@lru_cache(maxsize=1 << 16)
def _weight(word: str) -> float:
    return word_counts("address").weight(word)


def _most_alike(word: str, address: Forms) -> float:
    if word in address.squeezed:
        return 1.0
    return max((likeness(word, other) for other in address.words), default=0.0)
