"""Features of a pair of records: similarities and differences, from 0 to 1 (docs/matching.md)."""

from collections.abc import Mapping
from itertools import accumulate

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from supply_chain.graph.distances import distances_km
from supply_chain.matching.columns import RowPairs, TextPairs, alike, flags
from supply_chain.matching.grams import Floats, Ints
from supply_chain.matching.name_words import word_columns
from supply_chain.matching.normalise import Forms
from supply_chain.matching.prepared import Prepared

NEAR_KM, AREA_KM, FAR_KM = 1.0, 10.0, 2_000.0
# Likeness counts most near its top, which a straight line cannot say alone.
CLOSE = (
    "name_letters",
    "name_sound",
    "name_part",
    "name_words",
    "name_grams",
    "name_rare_words",
    "operator_letters",
    "operator_is_other_name",
)
CLOSE_FROM = 0.8
# A shorter run of letters is in very many names ("us" in "house").
HELD_LETTERS = 3
HELD_DIGITS = 2

Columns = dict[str, Floats]


def compare(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    """Every feature of the pairs (left[i], right[i]), rows of `prepared`; equal in both orders."""
    found = quick_columns(prepared, left, right)
    found |= _names(prepared, left, right)
    found |= word_columns(prepared.names, left, right)
    found |= _operators(prepared, left, right)
    found |= _addresses(prepared, left, right)
    places = TextPairs(prepared.places, left, right)
    found["place_words"] = places.alike(fuzz.token_set_ratio)
    return found | close_columns(found)


def close_columns(columns: Mapping[str, Floats]) -> Columns:
    """Scaled excess of the similarities above `CLOSE_FROM`."""
    return {
        f"{name}_close": np.maximum(columns[name] - CLOSE_FROM, 0.0) / (1.0 - CLOSE_FROM)
        for name in CLOSE
    }


# ---- what is quickly compared ----------------------------------------------------------------


def quick_columns(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    """The features that need no look at the letters of each pair."""
    return {
        **_quick_names(prepared, left, right),
        **_quick_addresses(prepared, left, right),
        **_places(prepared, left, right),
        "operator_given": flags(TextPairs(prepared.companies, left, right).both_given),
    }


def _quick_names(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    spelled = RowPairs(prepared.name_words, left, right)
    numbers = RowPairs(prepared.name_numbers, left, right)
    legal = RowPairs(prepared.legal_forms, left, right)
    return {
        "name_grams": RowPairs(prepared.name_grams, left, right).shared,
        "name_rare_words": spelled.shared / np.maximum(spelled.either_length, 1e-9),
        "name_rare_left_over": np.minimum(spelled.left_over, 2.0) / 2.0,
        "name_equal": TextPairs(prepared.names_squeezed, left, right).equal(),
        "name_numbers_differ": numbers.both_without_common,
        "name_numbers_equal": numbers.equal,
        "name_number_one_side": RowPairs(prepared.unit_numbers, left, right).one_side,
        "name_initials": _initials(prepared, left, right),
        "legal_forms_differ": legal.both_without_common,
    }


def _initials(prepared: Prepared, left: Ints, right: Ints) -> Floats:
    """1 where one name is the first letters of the other ("EBASA", "sgs")."""
    initials, names = prepared.initials.codes, prepared.names_squeezed.codes
    is_one = (initials[left] == names[right]) & (initials[left] > 0)
    is_other = (initials[right] == names[left]) & (initials[right] > 0)
    return flags(is_one | is_other)


def _quick_addresses(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    is_compared = TextPairs(prepared.addresses_squeezed, left, right).both_given
    numbers = RowPairs(prepared.address_numbers, left, right)
    return {
        "address_grams": RowPairs(prepared.address_grams, left, right).shared * is_compared,
        "address_numbers_shared": numbers.part_in_common * is_compared,
        "address_numbers_differ": _numbers_differ(prepared, left, right, numbers) * is_compared,
        # Mostly that of the house or plot.
        "address_first_number": TextPairs(prepared.first_numbers, left, right).equal(),
        "address_given": flags(is_compared),
    }


def _numbers_differ(prepared: Prepared, left: Ints, right: Ints, numbers: RowPairs) -> Floats:
    """1 where two addresses have no number in common and their numbers can be compared.

    A plot's number on the one side and a postcode on the other contradict nothing, nor do digits
    that were split or cut off ("147" and "1 4 7").
    """
    is_of_a_kind = (prepared.number_kinds[left] & prepared.number_kinds[right]) > 0
    found = numbers.both_without_common * is_of_a_kind
    digits = prepared.address_digits.texts
    for place in np.flatnonzero(found).tolist():
        one, other = digits[left[place]], digits[right[place]]
        short, long = (one, other) if len(one) <= len(other) else (other, one)
        if len(short) >= HELD_DIGITS and short in long:
            found[place] = 0.0
    return found


def _places(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    km = distance_km(prepared, left, right)
    is_placed = ~np.isnan(km)
    distance = np.where(is_placed, km, 0.0)
    countries = TextPairs(prepared.countries, left, right)
    return {
        "place_given": flags(TextPairs(prepared.places, left, right).both_given),
        "near": np.exp(-distance / NEAR_KM) * is_placed,
        "same_area": np.exp(-distance / AREA_KM) * is_placed,
        "far": np.minimum(np.log1p(distance) / np.log1p(FAR_KM), 1.0) * is_placed,
        "distance_given": flags(is_placed),
        "countries_differ": flags(countries.both_given) - countries.equal(),
        "country_given": flags(countries.both_given),
    }


def distance_km(prepared: Prepared, left: Ints, right: Ints) -> Floats:
    """Great-circle distance of each pair in km; NaN where a side has no coordinates."""
    latitude, longitude = prepared.latitude, prepared.longitude
    return distances_km(latitude[left], longitude[left], latitude[right], longitude[right])


# ---- what needs the letters of each pair -----------------------------------------------------


def _names(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    squeezed = TextPairs(prepared.names_squeezed, left, right)
    words = TextPairs(prepared.names_in_words, left, right)
    firsts = TextPairs(prepared.first_words, left, right)
    letters = squeezed.alike(fuzz.ratio)
    of_words = words.alike(fuzz.token_set_ratio)  # whole where one name's words are the other's
    lengths = prepared.name_signs.sum(axis=1)
    is_short = np.minimum(lengths[left], lengths[right]) < HELD_LETTERS
    return {
        "name_letters": letters,
        "name_sound": TextPairs(prepared.names_sounded, left, right).alike(fuzz.ratio),
        "name_part": _parts(prepared, left, right, letters),
        "name_words": np.where(is_short, np.minimum(of_words, letters), of_words),
        "name_words_sorted": words.alike(fuzz.token_sort_ratio),
        "name_start": squeezed.alike(JaroWinkler.normalized_similarity, 1.0),
        "name_first_word": firsts.alike(fuzz.ratio),
    }


def _parts(prepared: Prepared, left: Ints, right: Ints, whole: Floats) -> Floats:
    """Containment of the shorter name in the longer; letters inside of words do not count."""
    found = TextPairs(prepared.names_squeezed, left, right).alike(fuzz.partial_ratio)
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
    companies, names = prepared.companies, prepared.names_squeezed
    both = TextPairs(companies, left, right)
    forth = alike(fuzz.ratio, companies.texts[left], names.texts[right]) / 100
    back = alike(fuzz.ratio, companies.texts[right], names.texts[left]) / 100
    is_forth = companies.given[left] & names.given[right]
    is_back = companies.given[right] & names.given[left]
    return {
        "operator_letters": both.alike(fuzz.ratio),
        "operator_part": both.alike(fuzz.partial_ratio),
        "operator_is_other_name": np.maximum(forth * is_forth, back * is_back),
    }


def _addresses(prepared: Prepared, left: Ints, right: Ints) -> Columns:
    words = TextPairs(prepared.addresses_in_words, left, right)
    squeezed = TextPairs(prepared.addresses_squeezed, left, right)
    return {
        "address_words": words.alike(fuzz.token_set_ratio),
        "address_words_sorted": words.alike(fuzz.token_sort_ratio),
        "address_part": squeezed.alike(fuzz.partial_ratio),
    }
