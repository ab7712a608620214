"""What two records have in common and where they differ, from 0 to 1 (docs/matching.md)."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist
from scipy.sparse import csr_array

from supply_chain.distances import distances_km
from supply_chain.matching.grams import Floats, Ints
from supply_chain.matching.normalise import Forms
from supply_chain.matching.prepared import Prepared

NEAR_KM, AREA_KM, FAR_KM = 1.0, 10.0, 2_000.0
# Likeness counts most near its top, which a straight line cannot say alone.
CLOSE = (
    "name_letters",
    "name_part",
    "name_words",
    "name_grams",
    "name_rare_words",
    "operator_letters",
    "operator_is_other_name",
)
CLOSE_FROM = 0.8
# A shorter run of letters stands in very many names ("us" in "house").
HELD_LETTERS = 3

Columns = dict[str, Floats]


def compare(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    """Every feature of the pairs (left[i], right[i]), rows of `prepared`; equal in both orders."""
    found: Columns = {}
    found |= _names(prepared, left, right)
    found |= _operators(prepared, left, right)
    found |= _addresses(prepared, left, right)
    found |= _places(prepared, left, right)
    for name in CLOSE:
        found[f"{name}_close"] = np.maximum(found[name] - CLOSE_FROM, 0.0) / (1.0 - CLOSE_FROM)
    return found


def _names(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    squeezed = _Texts([form.squeezed for form in prepared.names], left, right)
    words = _Texts([form.text for form in prepared.names], left, right)
    firsts = _Texts([form.words[0] if form.words else "" for form in prepared.names], left, right)
    grams = _Rows(prepared.name_grams, left, right)
    spelled = _Rows(prepared.name_words, left, right)
    found = {
        "name_letters": squeezed.alike(fuzz.ratio),
        "name_part": _parts(prepared, left, right, squeezed),
        "name_words": words.alike(fuzz.token_set_ratio),
        "name_words_sorted": words.alike(fuzz.token_sort_ratio),
        "name_start": squeezed.alike(JaroWinkler.normalized_similarity, 1.0),
        "name_first_word": firsts.alike(fuzz.ratio),
        "name_grams": grams.shared,
        "name_rare_words": spelled.shared / np.maximum(spelled.either_length, 1e-9),
        "name_rare_left_over": np.minimum(spelled.left_over, 2.0) / 2.0,
        "name_equal": squeezed.equal(),
    }
    numbers = _Rows(prepared.name_numbers, left, right)
    found["name_numbers_differ"] = numbers.both_without_common
    found["name_numbers_equal"] = numbers.equal
    found["name_number_one_side"] = numbers.one_side
    found["name_initials"] = _initials(prepared, left, right)
    found["legal_forms_differ"] = _legal(prepared, left, right)
    return found


def _parts(prepared: Prepared, left: Ints, right: Ints, squeezed: "_Texts") -> Floats:
    """How well the shorter name fits into the longer; letters inside of words are no part of it."""
    found, whole = squeezed.alike(fuzz.partial_ratio), squeezed.alike(fuzz.ratio)
    for place in np.flatnonzero((found == 1.0) & (whole < 1.0)).tolist():
        if not _holds(prepared.names[left[place]], prepared.names[right[place]]):
            found[place] = whole[place]
    return found


def _holds(one: Forms, other: Forms) -> bool:
    """Whether the longer name holds the shorter as whole words, however that is split itself."""
    short, long = sorted((one, other), key=lambda form: len(form.squeezed))
    wanted = short.squeezed
    ends = list(accumulate(map(len, long.words), initial=0))
    found = any(
        long.squeezed.startswith(wanted, start) and start + len(wanted) in ends for start in ends
    )
    return found and len(wanted) >= HELD_LETTERS


def _operators(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    """The operators with each other, and each operator with the other side's site."""
    companies = [form.squeezed for form in prepared.companies]
    names = [form.squeezed for form in prepared.names]
    both = _Texts(companies, left, right)
    given = np.array([bool(company) for company in companies])
    named = np.array([bool(name) for name in names])
    forth = _alike(fuzz.ratio, _at(companies, left), _at(names, right)) / 100
    back = _alike(fuzz.ratio, _at(companies, right), _at(names, left)) / 100
    crossed = np.maximum(forth * (given[left] & named[right]), back * (given[right] & named[left]))
    is_compared = given[left] & given[right]
    return {
        "operator_letters": both.alike(fuzz.ratio) * is_compared,
        "operator_part": both.alike(fuzz.partial_ratio) * is_compared,
        "operator_is_other_name": crossed,
        "operator_given": _flags(is_compared),
    }


def _addresses(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    given = np.array([bool(form.words) for form in prepared.addresses])
    is_compared = given[left] & given[right]
    words = _Texts([form.text for form in prepared.addresses], left, right)
    squeezed = _Texts([form.squeezed for form in prepared.addresses], left, right)
    numbers = _Rows(prepared.address_numbers, left, right)
    found = {
        "address_words": words.alike(fuzz.token_set_ratio),
        "address_words_sorted": words.alike(fuzz.token_sort_ratio),
        "address_part": squeezed.alike(fuzz.partial_ratio),
        "address_grams": _Rows(prepared.address_grams, left, right).shared,
        "address_numbers_shared": numbers.part_in_common,
        "address_numbers_differ": numbers.both_without_common,
        "address_first_number": _first_numbers(prepared, left, right),
    }
    found = {name: column * is_compared for name, column in found.items()}
    return {**found, "address_given": _flags(is_compared)}


def _places(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    km = distance_km(prepared, left, right)
    is_placed = ~np.isnan(km)
    distance = np.where(is_placed, km, 0.0)
    places = _Texts(prepared.places, left, right)
    named = np.array([bool(place) for place in prepared.places])
    countries = np.array(prepared.countries, dtype=object)
    is_known = (countries[left] != "") & (countries[right] != "")
    both_named = named[left] & named[right]
    return {
        "place_words": places.alike(fuzz.token_set_ratio) * both_named,
        "place_given": _flags(both_named),
        "near": np.exp(-distance / NEAR_KM) * is_placed,
        "same_area": np.exp(-distance / AREA_KM) * is_placed,
        "far": np.minimum(np.log1p(distance) / np.log1p(FAR_KM), 1.0) * is_placed,
        "distance_given": _flags(is_placed),
        "countries_differ": _flags(is_known & (countries[left] != countries[right])),
        "country_given": _flags(is_known),
    }


def distance_km(prepared: Prepared, left: Ints, right: Ints) -> Floats:
    """Great-circle distance of each pair in km; NaN where a side has no coordinates."""
    latitude, longitude = prepared.latitude, prepared.longitude
    return distances_km(latitude[left], longitude[left], latitude[right], longitude[right])


class _Texts:
    """One text column seen from both sides of the pairs."""

    def __init__(self, texts: Sequence[str], left: Ints, right: Ints) -> None:
        self.left, self.right = _at(texts, left), _at(texts, right)
        given = np.array([bool(text) for text in texts], dtype=bool)
        self._given = given[left] & given[right]

    def alike(self, scorer: Callable[..., float], top: float = 100.0) -> Floats:
        # Two empty texts are alike to the library; to us nothing was compared.
        found: Floats = _alike(scorer, self.left, self.right) / top * self._given
        return found

    def equal(self) -> Floats:
        sides = zip(self.left, self.right, strict=True)
        return np.array([bool(one) and one == other for one, other in sides], dtype=np.float64)


class _Rows:
    """One sparse column (words, numbers or triples) seen from both sides of the pairs."""

    def __init__(self, rows: csr_array, left: Ints, right: Ints) -> None:
        one, other = rows[left], rows[right]
        self.shared: Floats = np.asarray(one.multiply(other).sum(axis=1)).ravel()
        lengths = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
        self._one, self._other = lengths[left], lengths[right]

    @property
    def either_length(self) -> Floats:
        found: Floats = np.sqrt(self._one * self._other)
        return found

    @property
    def left_over(self) -> Floats:
        """What the side with less of its own has that the other lacks."""
        found: Floats = np.maximum(np.minimum(self._one, self._other) - self.shared, 0.0)
        return found

    @property
    def both_without_common(self) -> Floats:
        return _flags((self._one > 0) & (self._other > 0) & (self.shared == 0))

    @property
    def equal(self) -> Floats:
        is_equal = (self.shared == self._one) & (self.shared == self._other)
        return _flags(is_equal & (self._one > 0))

    @property
    def one_side(self) -> Floats:
        return _flags((self._one > 0) != (self._other > 0))

    @property
    def part_in_common(self) -> Floats:
        smaller = np.minimum(self._one, self._other)
        found: Floats = self.shared / np.maximum(smaller, 1.0)
        return found


def _flags(condition: NDArray[np.bool_]) -> Floats:
    found: Floats = condition.astype(np.float64)
    return found


def _at(texts: Sequence[str], rows: Ints) -> list[str]:
    return [texts[row] for row in rows.tolist()]


def _alike(scorer: Callable[..., float], left: list[str], right: list[str]) -> Floats:
    scores: Any = cpdist(left, right, scorer=scorer, dtype=np.float32, workers=2)
    return np.asarray(scores, dtype=np.float64)


def _initials(prepared: Prepared, left: Ints, right: Ints) -> Floats:
    """1 where one name is the first letters of the other ("EBASA", "sgs")."""
    initials = ["".join(word[0] for word in form.words) for form in prepared.names]
    names = [form.squeezed for form in prepared.names]
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array(
        [
            (len(initials[one]) > 2 and initials[one] == names[other])
            or (len(initials[other]) > 2 and initials[other] == names[one])
            for one, other in pairs
        ],
        dtype=np.float64,
    )


def _legal(prepared: Prepared, left: Ints, right: Ints) -> Floats:
    legal = [form.legal for form in prepared.names]
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array(
        [bool(legal[a] and legal[b] and not legal[a] & legal[b]) for a, b in pairs],
        dtype=np.float64,
    )


def _first_numbers(prepared: Prepared, left: Ints, right: Ints) -> Floats:
    """1 where both addresses give the same first number, mostly that of the house or plot."""
    first = [next((w for w in form.words if w.isdigit()), "") for form in prepared.addresses]
    return _Texts(first, left, right).equal()
