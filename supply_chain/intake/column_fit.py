"""Fit of a column's content to the field suggested by its heading, or by its values alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz

from supply_chain.intake.cells import CellFault, parse_count
from supply_chain.intake.countries import countries_in_cell, country_code
from supply_chain.intake.degrees import parse_degrees, split_pair
from supply_chain.intake.external_ids import has_shape, scheme_of_values
from supply_chain.intake.heading_parts import names_a_thing
from supply_chain.intake.words import header_forms, squeeze, words

_HALF, _MOSTLY, _MANY = 0.5, 0.8, 6
_SHORTEST_NAME = 3
NEARLY = 86  # per cent of the letters of two names that are alike
_LEAST_ALPHABETIC = "\u2e80"  # from here on a single sign may be a word


def fits(field: str, header: str, values: Sequence[str]) -> bool:
    """Whether the values can be those of a field suggested by the heading.

    Of an id-scheme column at least half have the scheme's shape; a number or code that is
    the same in row after row is no id.
    """
    if field == "id" and squeeze(header) != "id":
        return len(values) < _MANY or _differ(values)
    if field == "kind" and squeeze(header) in words().vague_kinds:
        # "Type" may be one of anything: its values must be kinds of nodes.
        return bool(values) and share_of(values, _is_kind) >= _MOSTLY
    if field == "origin":
        # "Origin" may be a country.
        return share_of(values, lambda v: is_country(v) and squeeze(v) not in words().truth) < _HALF
    if field == "postal_code":
        # "CAP" is one in Italy; in Vietnam "Cấp" is the tier.
        return not values or share_of(values, _is_postal_code) >= _HALF
    if field == "name":
        # A column of bare numbers is none, where another may be one.
        return not values or share_of(values, _is_number) < 1
    if field.startswith("chain."):
        return holds_names(values) and share_of(values, is_country) < _MOSTLY
    if not field.startswith("external_ids."):
        return True
    scheme = field.removeprefix("external_ids.")
    return not values or share_of(values, lambda value: has_shape(scheme, value)) >= _HALF


def tier_of(name: str) -> tuple[int, str | None] | None:
    """The tier in the name of a column, and the fact if it is not the name."""
    tiers = words().tiers
    known = next((tiers[form] for form in header_forms(name) if form in tiers), None)
    thing = _TIER_OF_THINGS.fullmatch(name)
    if known is None and thing and names_a_thing(thing[2]):
        return int(thing[1]), None
    return known


_TIER_OF_THINGS = re.compile(r"tier\s?([1-8])\b\W{0,3}([^\W\d].{0,40})", re.IGNORECASE)


def is_near(form: str, known: str) -> bool:
    """Whether two names are alike also without the word that both begin with.

    "Supplier status" is nearly "supplier stato", but "status" is not "stato".
    """
    prefixes = (p for p in words().place_prefixes if form.startswith(p) and known.startswith(p))
    both = max(map(len, prefixes), default=0)
    return fuzz.ratio(form[both:], known[both:]) >= NEARLY


def fits_parts(field: str, values: Sequence[str]) -> bool:
    """The same where only the words of a heading suggest the field: the values must confirm it."""
    if not values:
        return True
    if field == "id":
        is_code = share_of(values, _is_code) >= _MOSTLY and _differ(values)
        return is_code and scheme_of_values(values) is None
    test = _SIGNS.get(field)
    return test is None or share_of(values, test) >= _HALF


def holds_names(values: Sequence[str]) -> bool:
    """Whether at least half of the values are texts that can be names."""
    texts = [v for v in values if sum(map(str.isalpha, v)) > 1 and squeeze(v) not in words().truth]
    return not values or len(texts) >= len(values) / 2


def names_in(values: Sequence[str]) -> int:
    """Number of different values that look like names: mostly letters, no codes, dates, numbers."""
    return len({value for value in values if _reads_as_name(value)})


def texts_in(values: Sequence[str]) -> int:
    """Number of different values that hold a letter."""
    return len({value for value in values if any(map(str.isalpha, value))})


def is_part_of_all(header: str) -> bool:
    """Whether a count is of some alone: "Trabajadores H" are the men among them, no misspelling."""
    return _ONE_LETTER.search(header) is not None


_ONE_LETTER = re.compile(r"\b[^\W\d_]\b")


def share_of(values: Sequence[str], test: Callable[[str], bool]) -> float:
    """The part of the values, 0..1, that pass a test."""
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0


def has_digit(value: str) -> bool:
    """Whether a digit of any script is in a text."""
    return any(map(str.isdigit, value))


def is_country(value: str) -> bool:
    """Whether a text that is no number is one country."""
    return len(value) > 1 and not value.isdigit() and country_code(value) is not None


def is_point(value: str) -> bool:
    """Whether a text is a pair of coordinates in degrees."""
    pair = split_pair(value)
    # "12,000" is a number.
    if pair is None or any(map(str.isdigit, pair)):
        return False
    return _is_degree(pair[0], 90) and _is_degree(pair[1], 180)


def _differ(values: Sequence[str]) -> bool:
    return len(set(values)) > _MOSTLY * len(values)


def _is_kind(value: str) -> bool:
    return squeeze(value) in words().node_kinds


def _is_number(value: str) -> bool:
    return has_digit(value) and not any(map(str.isalpha, value))


def _is_postal_code(value: str) -> bool:
    return sum(map(str.isdigit, value)) > 1


def _is_code(value: str) -> bool:
    return has_digit(value) and len(value.split()) <= 2


def _is_degree(value: str, limit: float) -> bool:
    try:
        return has_digit(value) and abs(parse_degrees(value, limit, "")) <= limit
    except CellFault:
        return False


def _reads_as_name(value: str) -> bool:
    letters = sum(map(str.isalpha, value))
    least = 2 if any(sign >= _LEAST_ALPHABETIC for sign in value) else _SHORTEST_NAME
    return letters >= least and letters >= len(value) / 2


# So many or fewer, from so many to so many: "< 500", "501–1000", "5000+".
_BAND = re.compile(r"[<>≤≥~]?\s?\d[\d.,]{0,9}(?:\s?[-–]\s?\d[\d.,]{0,9}|\s?\+)?")

_SIGNS: dict[str, Callable[[str], bool]] = {
    "country": lambda value: is_country(value) or bool(countries_in_cell(value)),
    "latitude": lambda value: _is_degree(value, 180),
    "longitude": lambda value: _is_degree(value, 180),
    "coordinates": is_point,
    "attributes.workers": lambda v: parse_count(v) is not None or bool(_BAND.fullmatch(v)),
    "share": has_digit,
    "valid_from": has_digit,
    "valid_to": has_digit,
    "postal_code": _is_postal_code,
    "name": lambda value: _reads_as_name(value) or not has_digit(value),
    "operated_by": lambda value: _reads_as_name(value),
    "buyer": lambda value: len(value) > 1,
}
