"""Pruning of pairs that cannot reach a score, by fast comparisons: few are compared in full.

Similarity may only raise a score (a test holds the weights to that), so the score with every
similarity at its greatest is never below the true one: a pair left out here would be left out
anyway.
"""

import numpy as np
from numpy.typing import NDArray

from supply_chain.matching.columns import Flags, RowPairs, TextPairs
from supply_chain.matching.features import Columns, close_columns, quick_columns
from supply_chain.matching.grams import Floats, Ints
from supply_chain.matching.prepared import Prepared
from supply_chain.matching.weights import Weights

# Ratios are kept as 32-bit numbers: more than their rounding can move log-odds.
ROUNDING = 1e-3
# The most that equal beginnings add to the likeness of Jaro (Winkler: 4 letters, 0.1 each).
SAME_START = 0.4


def may_reach(
    prepared: Prepared, left: Ints, right: Ints, weights: Weights, *, least: float
) -> Flags:
    """Whether the score of a pair can be `least` or more."""
    most = quick_columns(prepared, left, right)
    fewest = dict(most)
    for name, greatest in _greatest(prepared, left, right).items():
        most[name], fewest[name] = greatest, np.zeros(len(left))
    odds = weights.most_log_odds(fewest | close_columns(fewest), most | close_columns(most))
    shares_id = RowPairs(prepared.id_rows, left, right).shared > 0
    says_the_same = prepared.said[left] == prepared.said[right]
    wanted = np.log(least / (1.0 - least)) - ROUNDING
    found: Flags = (odds >= wanted) | shares_id | says_the_same
    return found


def _greatest(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    """The likenesses as great as they can be; of names by the letters that both have."""
    names = TextPairs(prepared.names_squeezed, left, right).both_given
    companies = prepared.companies.given
    both_run = (companies[left] & companies[right]).astype(np.float64)
    places = TextPairs(prepared.places, left, right).both_given
    addresses = TextPairs(prepared.addresses_squeezed, left, right).both_given.astype(np.float64)
    one, other, common = _letters(prepared.name_signs, left, right)
    one_sound, other_sound, common_sound = _letters(prepared.sound_signs, left, right)
    jaro = (common / one + common / other + 1.0) / 3.0
    found: dict[str, Floats] = {
        "name_letters": 2.0 * common / (one + other),
        "name_sound": 2.0 * common_sound / (one_sound + other_sound),
        "name_part": 2.0 * common / (np.minimum(one, other) + np.maximum(common, 1.0)),
        "name_words": names.astype(np.float64),
        "name_words_sorted": names.astype(np.float64),
        "name_start": np.minimum(jaro + SAME_START * (1.0 - jaro), 1.0) * (common > 0),
        "name_first_word": names.astype(np.float64),
        **dict.fromkeys(("name_held", "name_shared"), names.astype(np.float64)),
        **dict.fromkeys(("name_each_alone", "name_one_alone"), np.ones(len(left))),
        "operator_letters": both_run,
        "operator_part": both_run,
        "operator_is_other_name": (companies[left] | companies[right]).astype(np.float64),
        **dict.fromkeys(("address_words", "address_words_sorted", "address_part"), addresses),
        "place_words": places.astype(np.float64),
    }
    return found


def _letters(counts: NDArray[np.int16], left: Ints, right: Ints) -> tuple[Floats, Floats, Floats]:
    """Length of both names (at least 1), and how many letters they have in common at most."""
    lengths = np.maximum(counts.sum(axis=1), 1).astype(np.float64)
    common = np.minimum(counts[left], counts[right]).sum(axis=1).astype(np.float64)
    return lengths[left], lengths[right], common
