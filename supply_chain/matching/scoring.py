"""Score from 0 to 1 and decision, from features and ids."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from supply_chain.matching.columns import Flags
from supply_chain.matching.features import Columns, compare, distance_km
from supply_chain.matching.grams import Floats, Ints
from supply_chain.matching.ids import NOTHING, IdsCompared, compare_ids
from supply_chain.matching.pairs import Decision
from supply_chain.matching.parts import differing_parts
from supply_chain.matching.prepared import Prepared
from supply_chain.matching.towns import differing_towns, words_held
from supply_chain.matching.two_places import (
    ALIKE_PLACES,
    NEAR_KM,
    name_two_places,
    questioned,
    unlike_letters,
)
from supply_chain.matching.weights import Weights

# Two records that say the same word for word are one, however little they say.
EQUAL_RECORDS = 0.99
# A shared id under names with less than this in common is a question, not an answer; so is one
# beside another id that contradicts it.
UNLIKE_NAMES, UNLIKE_PARTS = 0.3, 0.6


@dataclass(frozen=True)
class Scored:
    """Scores of pairs with what they rest on."""

    score: Floats
    columns: Columns
    ids: Sequence[IdsCompared]
    km: Floats  # NaN where a side has no coordinates


def score(prepared: Prepared, left: Ints, right: Ints, weights: Weights) -> Scored:
    """Score the pairs (left[i], right[i]), rows of `prepared`."""
    columns = compare(prepared, left, right)
    ids = _ids(prepared, left, right, weights)
    log_odds = weights.log_odds(columns)
    rules = weights.ids
    log_odds += rules.shared_company * np.array([bool(pair.company) for pair in ids])
    contradict = np.array([bool(pair.conflict) for pair in ids], dtype=bool)
    log_odds += rules.conflict * contradict
    plain: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    km = distance_km(prepared, left, right)
    limits = {"same_from": weights.same_from, "review_from": weights.review_from}
    says_the_same = (prepared.said[left] == prepared.said[right]) & ~contradict
    found = np.maximum(plain, EQUAL_RECORDS * says_the_same)
    is_same = found >= weights.same_from
    columns["address_held"] = _held(prepared, left, right, is_same & unlike_letters(columns))
    asked = name_two_places(columns, km) | contradict
    is_open = is_same & ~asked & ~(km <= NEAR_KM)
    columns["towns_differ"] = _two_towns(prepared, left, right, is_open)
    columns["parts_differ"] = _two_parts(prepared, left, right, is_same)
    columns["cities_differ"] = _two_cities(prepared, left, right, is_open)
    told = ("towns_differ", "parts_differ", "cities_differ")
    asked |= np.any([columns[name] > 0 for name in told], axis=0)
    found = np.where(asked, questioned(found, **limits), found)
    shares_site = np.array([bool(pair.site) for pair in ids], dtype=bool)
    names_unlike = columns["name_grams"] < UNLIKE_NAMES
    names_unlike &= columns["name_part"] < UNLIKE_PARTS  # of short names a third is soon alike
    question = np.maximum(found, (weights.same_from + weights.review_from) / 2)
    answer = np.maximum(found, rules.shared_site_score)
    is_question = names_unlike | contradict
    found = np.where(shares_site, np.where(is_question, question, answer), found)
    return Scored(found, columns, ids, km)


def _held(prepared: Prepared, left: Ints, right: Ints, looked_at: Flags) -> Floats:
    """Word overlap of one address with the other; 0 for pairs not examined."""
    found = np.zeros(len(left))
    addresses = prepared.addresses
    for place in np.flatnonzero(looked_at).tolist():
        found[place] = words_held(addresses[left[place]], addresses[right[place]])
    return found


def _two_towns(prepared: Prepared, left: Ints, right: Ints, looked_at: Flags) -> Floats:
    """1 for those of the examined pairs whose addresses end in two towns."""
    found = np.zeros(len(left))
    addresses = prepared.addresses
    for place in np.flatnonzero(looked_at).tolist():
        one, other = addresses[left[place]], addresses[right[place]]
        if one.words != other.words:
            found[place] = differing_towns(one, other) is not None
    return found


def _two_cities(prepared: Prepared, left: Ints, right: Ints, looked_at: Flags) -> Floats:
    """1 for those of the examined pairs whose cities or regions differ, beside weak addresses.

    "Main Road" is in many towns: the words of an address that is none drown those of the town.
    """
    found = np.zeros(len(left))
    towns = prepared.towns.texts
    for place in np.flatnonzero(looked_at).tolist():
        one, other = left[place], right[place]
        is_weak = not (prepared.addresses[one].words and prepared.addresses[other].words)
        if is_weak and towns[one] and towns[other]:
            alike = fuzz.token_set_ratio(towns[one], towns[other]) / 100
            found[place] = alike < ALIKE_PLACES
    return found


def _two_parts(prepared: Prepared, left: Ints, right: Ints, looked_at: Flags) -> Floats:
    """1 for those of the examined pairs whose names indicate two parts, each of its own."""
    found = np.zeros(len(left))
    for place in np.flatnonzero(looked_at).tolist():
        one, other = prepared.names[left[place]], prepared.names[right[place]]
        found[place] = differing_parts(one.words, other.words) is not None
    return found


def decide(value: float, weights: Weights) -> Decision:
    """The decision that follows from a score."""
    if value >= weights.same_from:
        return Decision.SAME
    return Decision.REVIEW if value >= weights.review_from else Decision.DIFFERENT


def _ids(prepared: Prepared, left: Ints, right: Ints, weights: Weights) -> list[IdsCompared]:
    ids = prepared.ids
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return [
        compare_ids(ids[one], ids[other], weights.ids) if ids[one] and ids[other] else NOTHING
        for one, other in pairs
    ]
