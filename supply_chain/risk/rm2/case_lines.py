"""Lines of a risk case: factors, events and controls, and their validation (RM-2.0)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from supply_chain.risk.problems import Checker
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.observations import normalise

_FACTOR_KEYS = ("factor", "observations", "not_applicable", "approved", "blank")
_OBSERVATION_KEYS = ("value", "raw", "source_type", "age_months")
_CONTROL_KEYS = ("control", "coverage", "evidence", "design")
_EVENT_KEYS = ("event", "source_type", "months_since_start", "months_at_full")
_NEVER_BLANK = ("CTY", "SEC")
_ALWAYS_APPLY = ("CTY", "SEC", "COM")


@dataclass(frozen=True)
class SeenLine:
    """One observation; `value` is None where neither value nor raw was given."""

    value: float | None
    source_type: int
    age_months: float


@dataclass(frozen=True)
class FactorLine:
    """One listed factor."""

    factor: int
    observations: tuple[SeenLine, ...]
    not_applicable: bool  # with a reason that a second person approved
    blank: bool


@dataclass(frozen=True)
class ControlLine:
    """One listed control; None where a part is unknown."""

    control: int
    coverage: float | None
    evidence: float | None
    design: float | None


@dataclass(frozen=True)
class EventLine:
    """One listed event; `place` is its place in the list."""

    place: int
    event: int
    source_type: int
    months_since_start: float
    months_at_full: float | None


def refuse_unknown_keys(
    raw: Mapping[str, Any], known: tuple[str, ...], at: str, check: Checker
) -> None:
    """Note every key of an object that has no meaning; `at` is the place of the object."""
    for key in raw:
        if key not in known:
            place = f"{at}.{key}" if at else key
            check.note(place, f"{key!r} is no known key; known are {', '.join(known)}.")


def truth(value: Any, at: str, check: Checker) -> bool:
    """A truth value; null is false."""
    if value is not None and not isinstance(value, bool):
        check.note(at, "Give true or false.")
    return value is True


def read_factors(raw: Any, check: Checker) -> list[FactorLine]:
    """The listed factors without faults; faults go to `check`."""
    lines: list[FactorLine] = []
    seen: set[str] = set()
    for at, item in check.items(raw, "factors"):
        refuse_unknown_keys(item, _FACTOR_KEYS, at, check)
        ref = item.get("factor")
        if not check.known(ref, f"{at}.factor", "factor", METHOD.factor_index):
            continue
        if ref in seen:
            check.note(f"{at}.factor", f"{ref} is listed more than once.")
        seen.add(str(ref))
        lines.append(_read_factor(str(ref), item, at, check))
    return lines


def _read_factor(ref: str, item: Mapping[str, Any], at: str, check: Checker) -> FactorLine:
    raw = check.items(item.get("observations"), f"{at}.observations")
    seen = tuple(_read_observation(ref, line, place, check) for place, line in raw)
    reason = item.get("not_applicable")
    approved = truth(item.get("approved"), f"{at}.approved", check)
    blank = truth(item.get("blank"), f"{at}.blank", check)
    if blank and ref.startswith(_NEVER_BLANK):
        check.note(f"{at}.blank", f"{ref} is not asked of suppliers, so it cannot be blank.")
    if reason is not None:
        at = f"{at}.not_applicable"
        _check_reason(ref, reason, at, check)
        if any(line.value is not None for line in seen):
            check.note(at, f"{ref} has an observation, so it cannot be 'not applicable'.")
        if blank:
            check.note(at, f"{ref} was asked and left blank, so it cannot be 'not applicable'.")
    factor = METHOD.factor_index[ref]
    return FactorLine(factor, seen, reason is not None and approved, blank)


def _check_reason(ref: str, reason: Any, at: str, check: Checker) -> None:
    if not isinstance(reason, str) or not reason.strip():
        check.note(at, "A reason must be a text that is not empty.")
    if ref.startswith(_ALWAYS_APPLY):
        check.note(at, f"{ref} always applies; what is not there is an observation of 0.")


def _read_observation(ref: str, line: Mapping[str, Any], at: str, check: Checker) -> SeenLine:
    refuse_unknown_keys(line, _OBSERVATION_KEYS, at, check)
    value = check.number(line.get("value"), f"{at}.value", low=0, high=1)
    if line.get("raw") is not None:
        value = _read_raw(ref, line, at, check)
    kind = line.get("source_type")
    empty = line.get("value") is None and line.get("raw") is None
    if empty and kind is None:
        return SeenLine(None, 0, 0.0)
    known = check.known(kind, f"{at}.source_type", "source type", METHOD.source_index)
    age = check.number(line.get("age_months"), f"{at}.age_months", low=0)
    if line.get("age_months") is None and not empty:
        check.note(f"{at}.age_months", "An observation needs an age in months.")
    return SeenLine(value, METHOD.source_index[str(kind)] if known else 0, age or 0.0)


def _read_raw(ref: str, line: Mapping[str, Any], at: str, check: Checker) -> float | None:
    position = METHOD.factor_index[ref]
    low, high = METHOD.lo[position], METHOD.hi[position]
    if line.get("value") is not None:
        check.note(f"{at}.raw", "Give either value or raw, not both.")
    if math.isnan(low):
        check.note(f"{at}.raw", f"{ref} has no anchors; give value, 0 to 1, in place of raw.")
        return None
    raw = check.number(line["raw"], f"{at}.raw", low=-math.inf)
    return None if raw is None else float(normalise(np.array(raw), low, high))


def read_controls(raw: Any, check: Checker) -> list[ControlLine]:
    """The listed controls without faults; faults go to `check`."""
    lines: list[ControlLine] = []
    seen: set[str] = set()
    for at, item in check.items(raw, "controls"):
        refuse_unknown_keys(item, _CONTROL_KEYS, at, check)
        ref = item.get("control")
        if not check.known(ref, f"{at}.control", "control", METHOD.control_index):
            continue
        if ref in seen:
            check.note(f"{at}.control", f"{ref} is listed more than once.")
        seen.add(str(ref))
        evidence = check.number(item.get("evidence"), f"{at}.evidence", low=0, high=1)
        levels = METHOD.policy.evidence_levels
        if evidence is not None and evidence not in levels:
            named = ", ".join(f"{level:g}" for level in levels)
            check.note(f"{at}.evidence", f"{evidence!r} is none of the levels {named}.")
        lines.append(
            ControlLine(
                METHOD.control_index[str(ref)],
                check.number(item.get("coverage"), f"{at}.coverage", low=0, high=1),
                evidence,
                check.number(item.get("design"), f"{at}.design", low=0, high=1),
            )
        )
    return lines


def read_events(raw: Any, check: Checker) -> list[EventLine]:
    """The listed events without faults; faults go to `check`."""
    lines: list[EventLine] = []
    for place, (at, item) in enumerate(check.items(raw, "events")):
        refuse_unknown_keys(item, _EVENT_KEYS, at, check)
        ref, kind = item.get("event"), item.get("source_type")
        known = check.known(ref, f"{at}.event", "event", METHOD.event_index)
        known &= check.known(kind, f"{at}.source_type", "source type", METHOD.source_index)
        since = check.number(item.get("months_since_start"), f"{at}.months_since_start", low=0)
        if item.get("months_since_start") is None:
            check.note(f"{at}.months_since_start", "An event needs the months since its start.")
        full = check.number(item.get("months_at_full"), f"{at}.months_at_full", low=0)
        if known and since is not None:
            event, source = METHOD.event_index[str(ref)], METHOD.source_index[str(kind)]
            lines.append(EventLine(place, event, source, since, full))
    return lines
