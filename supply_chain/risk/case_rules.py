"""Factors, controls and states of one risk case: meaning and validation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from supply_chain.risk.evidence import State
from supply_chain.risk.factors import normalise
from supply_chain.risk.method import METHOD
from supply_chain.risk.problems import Checker
from supply_chain.vocabulary import Issue

_ISSUES = {issue.value: at for at, issue in enumerate(Issue)}
_PLAIN_STATES = {s.value: s for s in (State.CONFIRMED, State.CREDIBLE, State.RED_FLAG)}
_STATE_KEYS = frozenset({"confirmed", "closed_months", "other_confirmed"})


@dataclass(frozen=True)
class Seen:
    """One observation; `value` is None where neither value nor raw was given."""

    value: float | None
    source_type: int
    age_months: float


@dataclass(frozen=True)
class FactorLine:
    """One listed factor."""

    factor: str
    observations: tuple[Seen, ...]
    not_applicable: bool
    approved: bool


@dataclass(frozen=True)
class ControlLine:
    """One listed control."""

    control: int
    coverage: float | None
    evidence: float | None
    design: float | None


@dataclass(frozen=True)
class StateLine:
    """One fact about an issue at the node of the case."""

    issue: int
    state: State
    found_by: int  # -1: none
    months: float


def read_factors(raw: Any, check: Checker) -> list[FactorLine]:
    """The listed factors without faults; faults go to `check`."""
    lines: list[FactorLine] = []
    seen: set[str] = set()
    for at, item in check.items(raw, "factors"):
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
    reason, approved = item.get("not_applicable"), item.get("approved")
    if approved is not None and not isinstance(approved, bool):
        check.note(f"{at}.approved", "Give true or false.")
    if reason is not None:
        _check_reason(ref, reason, seen, f"{at}.not_applicable", check)
    return FactorLine(ref, seen, reason is not None, approved is True)


def _check_reason(ref: str, reason: Any, seen: tuple[Seen, ...], at: str, check: Checker) -> None:
    if not isinstance(reason, str) or not reason.strip():
        check.note(at, "A reason must be a text that is not empty.")
    if any(line.value is not None for line in seen):
        check.note(at, f"{ref} has an observation, so it cannot be 'not applicable'.")
    if ref.startswith(("CTY", "SEC")):
        check.note(at, f"{ref} always applies: every node has a place and an activity.")


def _read_observation(ref: str, line: Mapping[str, Any], at: str, check: Checker) -> Seen:
    value = check.number(line.get("value"), f"{at}.value", low=0, high=1)
    if line.get("raw") is not None:
        value = _read_raw(ref, line, at, check)
    kind = line.get("source_type")
    empty = line.get("value") is None and line.get("raw") is None
    if empty and kind is None:
        return Seen(None, 0, 0.0)
    known = check.known(kind, f"{at}.source_type", "source type", METHOD.source_index)
    age = check.number(line.get("age_months"), f"{at}.age_months", low=0)
    if line.get("age_months") is None and not empty:
        check.note(f"{at}.age_months", "An observation needs an age in months.")
    return Seen(value, METHOD.source_index[str(kind)] if known else 0, age or 0.0)


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


def read_state(raw: Any, issue: int, check: Checker) -> list[StateLine]:
    """The state of a case, with other confirmed impacts at its node; faults go to `check`."""
    if raw is None:
        return []
    if isinstance(raw, str):
        if check.known(raw, "state", "state", _PLAIN_STATES):
            return [StateLine(issue, _PLAIN_STATES[raw], -1, math.nan)]
        return []
    if not isinstance(raw, Mapping):
        check.note("state", f"{raw!r} is no known state.")
        return []
    return _read_state_object(raw, issue, check)


def _read_state_object(raw: Mapping[str, Any], issue: int, check: Checker) -> list[StateLine]:
    lines: list[StateLine] = []
    unknown = sorted(raw.keys() - _STATE_KEYS)
    if unknown or all(raw.get(key) is None for key in _STATE_KEYS):
        check.note("state", f"{unknown[0] if unknown else dict(raw)!r} is no known state.")
    if raw.get("confirmed") is not None:
        found = _found_by(raw["confirmed"], issue, "state.confirmed", check)
        lines.append(StateLine(issue, State.CONFIRMED, found, math.nan))
    if raw.get("closed_months") is not None:
        months = check.number(raw["closed_months"], "state.closed_months", low=0)
        lines.append(StateLine(issue, State.CLOSED, -1, months or 0.0))
    for at, item in check.items(raw.get("other_confirmed"), "state.other_confirmed"):
        if not check.known(item.get("issue"), f"{at}.issue", "issue", _ISSUES):
            continue
        other = _ISSUES[item["issue"]]
        if other == issue:
            check.note(f"{at}.issue", "This is the case's own issue; say it under 'confirmed'.")
        lines.append(StateLine(other, State.CONFIRMED, _found_by(item, other, at, check), math.nan))
    return lines


def _found_by(raw: Any, issue: int, at: str, check: Checker) -> int:
    if not isinstance(raw, Mapping):
        check.note(at, 'Give an object, for example {"found_by": "CTL-05"}.')
        return -1
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
