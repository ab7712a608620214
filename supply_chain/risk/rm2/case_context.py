"""Context of a risk case: place, activity, listing, severity, states; validation (RM-2.0)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from supply_chain.risk.case_parts import StateLine
from supply_chain.risk.problems import Checker
from supply_chain.risk.rm2.case_lines import PARTS
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.reference import INDICATORS, TRAITS, PublicData

TRAIT_NAMES = ("scale", "scope", "irremediability")
_SEVERITY_KEYS = (*TRAIT_NAMES, "people")
_REFERENCE = MappingProxyType({ref: at for at, ref in enumerate((*INDICATORS, *TRAITS))})
_KINDS = MappingProxyType({kind: at for at, kind in enumerate(METHOD.listing.kinds)})
_ELSEWHERE = MappingProxyType({k: at for at, k in enumerate(METHOD.listing.elsewhere_kinds)})


@dataclass(frozen=True)
class ContextLine:
    """Location and kind of the node of a case."""

    country: str | None
    sector: str | None
    commodities: tuple[str, ...]
    reference: Mapping[str, float]  # factor -> value in place of the public data
    listed: tuple[bool, ...] | None  # by METHOD.listing.kinds; None: looked up
    listed_elsewhere: tuple[float, ...] | None  # by METHOD.listing.elsewhere_kinds


@dataclass(frozen=True)
class SeverityLine:
    """Severity as judged; None where it was not."""

    scale: float | None
    scope: float | None
    irremediability: float | None
    people: float | None


def read_context(raw: Mapping[str, Any], data: PublicData, check: Checker) -> ContextLine:
    """Country, activities, reference values and listing of a case; faults go to `check`."""
    country, sector = raw.get("country"), raw.get("sector")
    if country is not None:
        check.known(country, "country", "country (ISO 3166-1 alpha-2)", data.place)
    if sector is not None:
        check.known(sector, "sector", "sector", data.sector_class)
    return ContextLine(
        country,
        sector,
        _read_commodities(raw, data, check),
        _read_numbers(raw, "reference", "reference factor", _REFERENCE, 1.0, check),
        _read_listed(raw.get("listed"), check),
        _read_elsewhere(raw, check),
    )


def _read_commodities(raw: Mapping[str, Any], data: PublicData, check: Checker) -> tuple[str, ...]:
    found: list[str] = []
    given = [] if raw.get("commodity") is None else [("commodity", raw["commodity"])]
    given += [(at, item) for at, item in _texts(raw.get("commodities"), "commodities", check)]
    for at, ref in given:
        if check.known(ref, at, "commodity", data.commodity_class) and ref not in found:
            found.append(ref)
    return tuple(found)


def _texts(raw: Any, at: str, check: Checker) -> list[tuple[str, Any]]:
    """Items of a list with the name of each; null is the empty list."""
    if raw is None:
        return []
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        check.note(at, "Give a list of texts.")
        return []
    return [(f"{at}[{place}]", item) for place, item in enumerate(raw)]


def _read_numbers(
    case: Mapping[str, Any],
    at: str,
    what: str,
    known: Mapping[str, int],
    high: float,
    check: Checker,
) -> Mapping[str, float]:
    """Numbers from 0 to `high` under known keys of an object; null counts as a key left out."""
    raw = case.get(at)
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        check.note(at, "Give an object of numbers.")
        return {}
    found = {}
    for key, value in raw.items():
        number = check.number(value, f"{at}.{key}", low=0, high=high)
        if check.known(key, f"{at}.{key}", what, known) and number is not None:
            found[key] = number
    return found


def _read_listed(raw: Any, check: Checker) -> tuple[bool, ...] | None:
    if raw is None:
        return None
    kinds = [kind for at, kind in _texts(raw, "listed", check)
             if check.known(kind, at, "kind of list", _KINDS)]  # fmt: skip
    return tuple(kind in kinds for kind in _KINDS)


def _read_elsewhere(raw: Mapping[str, Any], check: Checker) -> tuple[float, ...] | None:
    key = "listed_elsewhere"
    if raw.get(key) is None:
        return None
    counts = _read_numbers(raw, key, "kind of list", _ELSEWHERE, math.inf, check)
    return tuple(counts.get(kind, 0.0) for kind in _ELSEWHERE)


def read_severity(raw: Any, check: Checker) -> SeverityLine:
    """Severity as judged; faults go to `check`."""
    if raw is None:
        return SeverityLine(None, None, None, None)
    if not isinstance(raw, Mapping):
        check.note("severity", "Give an object with scale, scope, irremediability, or null.")
        return SeverityLine(None, None, None, None)
    PARTS.refuse_unknown_keys(raw, _SEVERITY_KEYS, "severity", check)
    scale, scope, lasting = (
        check.number(raw.get(trait), f"severity.{trait}", low=1, high=5) for trait in TRAIT_NAMES
    )
    people = check.number(raw.get("people"), "severity.people", low=0)
    return SeverityLine(scale, scope, lasting, people)


def read_states(raw: Mapping[str, Any], issue: int, check: Checker) -> list[StateLine]:
    """States of the case's issue and confirmed impacts on others; faults go to `check`."""
    others = PARTS.other_confirmed(raw.get("other_confirmed"), "other_confirmed", issue, check)
    return PARTS.states(raw.get("state"), issue, check) + others
