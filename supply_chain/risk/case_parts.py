"""Parts of a risk case that both methods read alike: observations, controls, states."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from supply_chain.risk.method import Method as Rm1Method
from supply_chain.risk.observations import normalise
from supply_chain.risk.problems import Checker
from supply_chain.risk.rm2.facts import State
from supply_chain.risk.rm2.method import ISSUE_INDEX
from supply_chain.risk.rm2.method import Method as Rm2Method
from supply_chain.vocabulary import Issue

PLAIN_STATES = MappingProxyType(
    {state.value: state for state in (State.CONFIRMED, State.CREDIBLE, State.RED_FLAG)}
)
_STATE_KEYS = ("confirmed", "closed_months", "other_confirmed")
_OBSERVATION_KEYS = ("value", "raw", "source_type", "age_months")
_CONTROL_KEYS = ("control", "coverage", "evidence", "design")


@dataclass(frozen=True)
class SeenLine:
    """One observation; `value` is None where neither value nor raw was given."""

    value: float | None
    source_type: int
    age_months: float


@dataclass(frozen=True)
class ControlLine:
    """One listed control; None where a part is unknown."""

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


@dataclass(frozen=True)
class PartReader:
    """Reads parts of cases by the ids of a method; all faults go to the `check` of the case."""

    method: Rm1Method | Rm2Method
    refuses_unknown_keys: bool
    """RM-1.0 passes over keys that have no meaning."""

    def refuse_unknown_keys(
        self, raw: Mapping[str, Any], known: tuple[str, ...], at: str, check: Checker
    ) -> None:
        """Note every key of an object that has no meaning; `at` is the place of the object."""
        for key in raw if self.refuses_unknown_keys else ():
            if key not in known:
                place = f"{at}.{key}" if at else key
                check.note(place, f"{key!r} is no known key; known are {', '.join(known)}.")

    def listed(
        self, raw: Any, kind: str, keys: tuple[str, ...], index: Mapping[str, int], check: Checker
    ) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Place, id and object of each listed factor or control (`kind`) that is known."""
        seen: set[str] = set()
        for at, item in check.items(raw, f"{kind}s"):
            self.refuse_unknown_keys(item, keys, at, check)
            ref = item.get(kind)
            if not check.known(ref, f"{at}.{kind}", kind, index):
                continue
            if ref in seen:
                check.note(f"{at}.{kind}", f"{ref} is listed more than once.")
            seen.add(str(ref))
            yield at, str(ref), item

    def observations(
        self, ref: str, factor: Mapping[str, Any], at: str, check: Checker
    ) -> tuple[SeenLine, ...]:
        """The observations of a listed factor."""
        lines = check.items(factor.get("observations"), f"{at}.observations")
        return tuple(self._observation(ref, line, place, check) for place, line in lines)

    def _observation(self, ref: str, line: Mapping[str, Any], at: str, check: Checker) -> SeenLine:
        self.refuse_unknown_keys(line, _OBSERVATION_KEYS, at, check)
        value = check.number(line.get("value"), f"{at}.value", low=0, high=1)
        if line.get("raw") is not None:
            value = self._raw(ref, line, at, check)
        kind = line.get("source_type")
        empty = line.get("value") is None and line.get("raw") is None
        if empty and kind is None:
            return SeenLine(None, 0, 0.0)
        sources = self.method.source_index
        known = check.known(kind, f"{at}.source_type", "source type", sources)
        age = check.number(line.get("age_months"), f"{at}.age_months", low=0)
        if line.get("age_months") is None and not empty:
            check.note(f"{at}.age_months", "An observation needs an age in months.")
        return SeenLine(value, sources[str(kind)] if known else 0, age or 0.0)

    def _raw(self, ref: str, line: Mapping[str, Any], at: str, check: Checker) -> float | None:
        position = self.method.factor_index[ref]
        low, high = self.method.lo[position], self.method.hi[position]
        if line.get("value") is not None:
            check.note(f"{at}.raw", "Give either value or raw, not both.")
        if math.isnan(low):
            check.note(f"{at}.raw", f"{ref} has no anchors; give value, 0 to 1, in place of raw.")
            return None
        raw = check.number(line["raw"], f"{at}.raw", low=-math.inf)
        return None if raw is None else float(normalise(np.array(raw), low, high))

    def controls(self, raw: Any, check: Checker) -> list[ControlLine]:
        """The listed controls without faults."""
        lines: list[ControlLine] = []
        index, levels = self.method.control_index, self.method.policy.evidence_levels
        for at, ref, item in self.listed(raw, "control", _CONTROL_KEYS, index, check):
            evidence = check.number(item.get("evidence"), f"{at}.evidence", low=0, high=1)
            if evidence is not None and evidence not in levels:
                named = ", ".join(f"{level:g}" for level in levels)
                check.note(f"{at}.evidence", f"{evidence!r} is none of the levels {named}.")
            lines.append(
                ControlLine(
                    index[ref],
                    check.number(item.get("coverage"), f"{at}.coverage", low=0, high=1),
                    evidence,
                    check.number(item.get("design"), f"{at}.design", low=0, high=1),
                )
            )
        return lines

    def states(self, raw: Any, issue: int, check: Checker) -> list[StateLine]:
        """The state of a case; an object may name confirmed impacts on other issues as well."""
        if isinstance(raw, Mapping):
            return self._state_object(raw, issue, check)
        if raw is not None and check.known(raw, "state", "state", PLAIN_STATES):
            return [StateLine(issue, PLAIN_STATES[raw], -1, math.nan)]
        return []

    def _state_object(self, raw: Mapping[str, Any], issue: int, check: Checker) -> list[StateLine]:
        lines: list[StateLine] = []
        unknown = sorted(raw.keys() - {*_STATE_KEYS})
        if unknown or all(raw.get(key) is None for key in _STATE_KEYS):
            check.note("state", f"{unknown[0] if unknown else dict(raw)!r} is no known state.")
        if raw.get("confirmed") is not None:
            found = self._found_by(raw["confirmed"], ("found_by",), issue, "state.confirmed", check)
            lines.append(StateLine(issue, State.CONFIRMED, found, math.nan))
        if raw.get("closed_months") is not None:
            months = check.number(raw["closed_months"], "state.closed_months", low=0)
            lines.append(StateLine(issue, State.CLOSED, -1, months or 0.0))
        others = raw.get("other_confirmed")
        return lines + self.other_confirmed(others, "state.other_confirmed", issue, check)

    def other_confirmed(self, raw: Any, at: str, issue: int, check: Checker) -> list[StateLine]:
        """Open confirmed impacts on other issues at the node."""
        lines: list[StateLine] = []
        for place, item in check.items(raw, at):
            if not check.known(item.get("issue"), f"{place}.issue", "issue", ISSUE_INDEX):
                self.refuse_unknown_keys(item, ("issue", "found_by"), place, check)
                continue
            other = ISSUE_INDEX[item["issue"]]
            if other == issue:
                fault = "This is the case's own issue; say it under 'confirmed'."
                check.note(f"{place}.issue", fault)
            found = self._found_by(item, ("issue", "found_by"), other, place, check)
            lines.append(StateLine(other, State.CONFIRMED, found, math.nan))
        return lines

    def _found_by(
        self, raw: Any, keys: tuple[str, ...], issue: int, at: str, check: Checker
    ) -> int:
        if not isinstance(raw, Mapping):
            check.note(at, 'Give an object, for example {"found_by": "CTL-05"}.')
            return -1
        self.refuse_unknown_keys(raw, keys, at, check)
        ref = raw.get("found_by")
        if ref is None:
            return -1
        if not check.known(ref, f"{at}.found_by", "control", self.method.control_index):
            return -1
        control = self.method.control_index[ref]
        if not (self.method.detects[control] and self.method.helps[control, issue]):
            code = list(Issue)[issue].value
            check.note(f"{at}.found_by", f"{ref} is no detecting control that addresses {code}.")
        return control


def truth(value: Any, at: str, check: Checker) -> bool:
    """A truth value; null is false."""
    if value is not None and not isinstance(value, bool):
        check.note(at, "Give true or false.")
    return value is True
