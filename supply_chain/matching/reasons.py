"""Reasons for the score of a pair, in plain words."""

from collections.abc import Iterator, Mapping

import numpy as np

from supply_chain.matching.ids import IdsCompared
from supply_chain.matching.normalise import Forms
from supply_chain.matching.parts import differing_parts
from supply_chain.matching.prepared import Prepared
from supply_chain.matching.towns import differing_towns

# From here on two texts are called alike, below not.
ALIKE = 0.6
# A name that holds the other whole, nearly.
WITHIN = 0.95


def reasons(
    prepared: Prepared,
    left: int,
    right: int,
    *,
    values: Mapping[str, float],
    ids: IdsCompared,
    km: float,
) -> tuple[str, ...]:
    """The reasons of a pair, rows `left` and `right`; `km` is NaN where it is not known."""
    return (
        *_ids(ids),
        *_names(prepared, left, right, values),
        *_operators(prepared, left, right, values),
        *_addresses(prepared, left, right, values),
        *_places(prepared, left, right, values=values, km=km),
    )


def _ids(ids: IdsCompared) -> Iterator[str]:
    for scheme in (*ids.site, *ids.company):
        yield f"same {_scheme(scheme)}"
    for scheme in ids.conflict:
        yield f"different {_scheme(scheme)}"


def _scheme(scheme: str) -> str:
    return "external id" if scheme == "external_id" else f"{scheme.replace('_', ' ').upper()} id"


def _names(prepared: Prepared, left: int, right: int, values: Mapping[str, float]) -> Iterator[str]:
    one, other = prepared.names[left], prepared.names[right]
    yield _alike_names(prepared, left, right, values)
    if values["name_initials"]:
        yield "one name is the initials of the other"
    if values["name_numbers_differ"]:
        yield f"unit numbers differ ({_numbers(one)} and {_numbers(other)})"
    elif values["name_number_one_side"]:
        yield f"only one name has a number ({_numbers(one) or _numbers(other)})"
    elif one.numbers and other.numbers and one.numbers != other.numbers:
        yield f"numbers in the names differ in part ({_numbers(one)} and {_numbers(other)})"
    parts = differing_parts(one.words, other.words) if values["parts_differ"] else None
    if parts:
        yield f"words for parts differ ({parts[0]} and {parts[1]})"


def _alike_names(prepared: Prepared, left: int, right: int, values: Mapping[str, float]) -> str:
    raw_one, raw_other = prepared.records[left].name, prepared.records[right].name
    one, other = prepared.names[left], prepared.names[right]
    if raw_one.casefold() == raw_other.casefold():
        return "names equal"
    if one.squeezed == other.squeezed and one.squeezed:
        has_form = one.legal or other.legal
        return f"names equal {'without legal form' if has_form else 'but for their spelling'}"
    if not (one.words and other.words):
        return "names without letters cannot be compared"
    if sorted(one.words) == sorted(other.words):
        return "names of the same words in another order"
    alike = max(values["name_letters"], values["name_words_sorted"])
    if values["name_part"] >= WITHIN and alike < WITHIN:
        return "one name holds the other"
    return f"names {alike:.0%} alike" if alike >= ALIKE else "names differ"


def _numbers(form: Forms) -> str:
    return ", ".join(sorted(form.numbers, key=int))


def _operators(
    prepared: Prepared, left: int, right: int, values: Mapping[str, float]
) -> Iterator[str]:
    if values["operator_given"]:
        if prepared.companies.codes[left] == prepared.companies.codes[right]:
            yield "same operator"
        elif values["operator_letters"] >= ALIKE:
            yield f"operators {values['operator_letters']:.0%} alike"
        else:
            yield "operators differ"
    if values["operator_is_other_name"] >= WITHIN and not values["name_equal"]:
        yield "the operator of one is the name of the other"


def _addresses(
    prepared: Prepared, left: int, right: int, values: Mapping[str, float]
) -> Iterator[str]:
    one, other = prepared.addresses[left], prepared.addresses[right]
    if not values["address_given"]:
        if one.words or other.words:
            yield "only one has an address"
        return
    if one.squeezed == other.squeezed:
        yield "addresses equal"
        return
    alike = max(values["address_words"], values["address_part"])
    yield f"addresses {alike:.0%} alike" if alike >= ALIKE else "addresses differ"
    common = one.numbers & other.numbers
    if common:
        yield f"numbers in both addresses ({', '.join(sorted(common, key=int))})"
    elif values["address_numbers_differ"]:
        yield "no number common to both addresses"
    towns = differing_towns(one, other) if values["towns_differ"] else None
    if towns:
        yield f"addresses end in other places ({towns[0]} and {towns[1]})"


def _places(
    prepared: Prepared,
    left: int,
    right: int,
    *,
    values: Mapping[str, float],
    km: float,
) -> Iterator[str]:
    if not np.isnan(km):
        yield "at the same point" if km < 0.05 else f"{km:,.1f} km apart"
    is_other_place = values["place_given"] and values["place_words"] < ALIKE
    if is_other_place or values["cities_differ"]:
        yield "cities or regions differ"
    if values["countries_differ"]:
        countries = prepared.countries.texts
        yield f"countries differ ({countries[left]} and {countries[right]})"
