"""Signs of two different places, which prevent a match by names alone.

Two sites of one firm are two nodes. Where there is such a sign and neither the address nor the
point on the map indicates one place, a pair is at most a question to people.
"""

import numpy as np

from supply_chain.matching.columns import Flags
from supply_chain.matching.features import Columns
from supply_chain.matching.grams import Floats

# Coordinates of one site differ by as much from list to list; those of two lie further apart.
NEAR_KM, APART_KM = 2.0, 5.0
# Likeness of addresses by their runs of letters: from here on one place, below the other two,
# unless the longer holds most of the shorter, which then only says less.
ALIKE_ADDRESS, UNLIKE_ADDRESS, HELD_ADDRESS = 0.6, 0.4, 0.7
# The same by words (`address_held`), for those written in another order or spelling. Two
# parks of one town have .6 in common; beside a number in both addresses that is enough.
HELD_WORDS, HELD_BESIDE_NUMBER = 0.7, 0.6
# Words of cities and regions that are less alike name two.
ALIKE_PLACES = 0.6
# Keeps the highest of them below *same* when it is rounded.
BELOW = 0.99


def name_two_places(columns: Columns, km: Floats) -> Flags:
    """Whether pairs indicate two places; `km` is NaN where a side has no coordinates."""
    has_addresses = columns["address_given"] > 0
    likeness = columns["address_grams"]
    numbers_differ = columns["address_numbers_differ"] > 0
    one_address = has_addresses & (likeness >= ALIKE_ADDRESS) & ~numbers_differ
    has_number = columns["address_numbers_shared"] > 0
    held_from = np.where(has_number, HELD_BESIDE_NUMBER, HELD_WORDS)
    is_unlike = unlike_letters(columns) & (columns["address_held"] < held_from)
    two_addresses = is_unlike | (has_addresses & numbers_differ)
    is_near, is_apart = km <= NEAR_KM, km > APART_KM
    two_towns = (columns["place_given"] > 0) & (columns["place_words"] < ALIKE_PLACES)
    two_countries = columns["countries_differ"] > 0
    # "Soorty" may be the head office of "Soorty Unit 2", or its unit 1.
    maybe_a_unit = columns["name_number_one_side"] > 0
    apart = is_apart | two_towns | two_countries | maybe_a_unit
    two_units = columns["name_numbers_differ"] > 0
    found: Flags = two_units | (~is_near & (two_addresses | (~one_address & apart)))
    return found


def unlike_letters(columns: Columns) -> Flags:
    """Whether both give an address and these are unlike by their letters."""
    is_unlike = columns["address_grams"] < UNLIKE_ADDRESS
    is_unlike &= columns["address_part"] < HELD_ADDRESS
    found: Flags = is_unlike & (columns["address_given"] > 0)
    return found


def questioned(scores: Floats, *, same_from: float, review_from: float) -> Floats:
    """Scores that would be *same* in their order among those of *review*; lower ones stay."""
    share = (same_from - review_from) / (1.0 - review_from)
    found: Floats = np.where(
        scores > review_from, review_from + (scores - review_from) * share * BELOW, scores
    )
    return found
