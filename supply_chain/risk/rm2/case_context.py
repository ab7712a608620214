"""Context of a risk case: place, activity, listing, severity, states; validation (RM-2.0)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from supply_chain.risk.problems import Checker
from supply_chain.risk.rm2.case_lines import refuse_unknown_keys
from supply_chain.risk.rm2.facts import State
from supply_chain.risk.rm2.method import ISSUE_INDEX, METHOD
from supply_chain.risk.rm2.reference import INDICATORS, TRAITS, PublicData
from supply_chain.vocabulary import Issue

TRAIT_NAMES = ("scale", "scope", "irremediability")
_SEVERITY_KEYS = (*TRAIT_NAMES, "people")
_REFERENCE = MappingProxyType({ref: at for at, ref in enumerate((*INDICATORS, *TRAITS))})
_KINDS = MappingProxyType({kind: at for at, kind in enumerate(METHOD.listing.kinds)})
_ELSEWHERE = MappingProxyType({k: at for at, k in enumerate(METHOD.listing.elsewhere_kinds)})
_PLAIN_STATES = MappingProxyType(
    {state.value: state for state in (State.CONFIRMED, State.CREDIBLE, State.RED_FLAG)}
)
_STATE_KEYS = ("confirmed", "closed_months", "other_confirmed")


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


@dataclass(frozen=True)
class StateLine:
    """One fact about an issue at the node of the case."""

    issue: int
    state: State
    found_by: int  # -1: none
    months: float


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
    refuse_unknown_keys(raw, _SEVERITY_KEYS, "severity", check)
    scale, scope, lasting = (
        check.number(raw.get(trait), f"severity.{trait}", low=1, high=5) for trait in TRAIT_NAMES
    )
    people = check.number(raw.get("people"), "severity.people", low=0)
    return SeverityLine(scale, scope, lasting, people)


def read_states(raw: Mapping[str, Any], issue: int, check: Checker) -> list[StateLine]:
    """States of the case's issue and confirmed impacts on others; faults go to `check`."""
    state = raw.get("state")
    lines = _read_others(raw.get("other_confirmed"), "other_confirmed", issue, check)
    if state is None:
        return lines
    if isinstance(state, Mapping):
        return _read_state_object(state, issue, check) + lines
    if check.known(state, "state", "state", _PLAIN_STATES):
        lines.append(StateLine(issue, _PLAIN_STATES[state], -1, math.nan))
    return lines


def _read_state_object(raw: Mapping[str, Any], issue: int, check: Checker) -> list[StateLine]:
    lines: list[StateLine] = []
    unknown = sorted(raw.keys() - {*_STATE_KEYS})
    if unknown or all(raw.get(key) is None for key in _STATE_KEYS):
        check.note("state", f"{unknown[0] if unknown else dict(raw)!r} is no known state.")
    if raw.get("confirmed") is not None:
        found = _found_by(raw["confirmed"], ("found_by",), issue, "state.confirmed", check)
        lines.append(StateLine(issue, State.CONFIRMED, found, math.nan))
    if raw.get("closed_months") is not None:
        months = check.number(raw["closed_months"], "state.closed_months", low=0)
        lines.append(StateLine(issue, State.CLOSED, -1, months or 0.0))
    others = raw.get("other_confirmed")
    return lines + _read_others(others, "state.other_confirmed", issue, check)


def _read_others(raw: Any, at: str, issue: int, check: Checker) -> list[StateLine]:
    """Open confirmed impacts on other issues at the node."""
    lines: list[StateLine] = []
    for place, item in check.items(raw, at):
        if not check.known(item.get("issue"), f"{place}.issue", "issue", ISSUE_INDEX):
            refuse_unknown_keys(item, ("issue", "found_by"), place, check)
            continue
        other = ISSUE_INDEX[item["issue"]]
        if other == issue:
            fault = "This is the case's own issue; say it under 'confirmed'."
            check.note(f"{place}.issue", fault)
        found = _found_by(item, ("issue", "found_by"), other, place, check)
        lines.append(StateLine(other, State.CONFIRMED, found, math.nan))
    return lines


def _found_by(raw: Any, keys: tuple[str, ...], issue: int, at: str, check: Checker) -> int:
    if not isinstance(raw, Mapping):
        check.note(at, 'Give an object, for example {"found_by": "CTL-05"}.')
        return -1
    refuse_unknown_keys(raw, keys, at, check)
    ref = raw.get("found_by")
    if ref is None:
        return -1
    if not check.known(ref, f"{at}.found_by", "control", METHOD.control_index):
        return -1
    control = METHOD.control_index[ref]
    if not (METHOD.detects[control] and METHOD.helps[control, issue]):
        code = list(Issue)[issue].value
        check.note(f"{at}.found_by", f"{ref} is no detecting control that addresses {code}.")
    return control
