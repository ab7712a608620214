"""Single risk cases as JSON ("Risk JSON version 2" of docs/commands.md): reading and scoring.

A case is one issue at one imagined node: nothing is known from the other cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from supply_chain.risk.case_parts import ControlLine, StateLine, truth
from supply_chain.risk.problems import Checker, Problem
from supply_chain.risk.rm2.case_context import (
    ContextLine,
    SeverityLine,
    read_context,
    read_severity,
    read_states,
)
from supply_chain.risk.rm2.case_lines import (
    PARTS,
    EventLine,
    FactorLine,
    read_events,
    read_factors,
)
from supply_chain.risk.rm2.method import ISSUE_INDEX
from supply_chain.risk.rm2.reference import PublicData, public_data

_KEYS = (
    "id",
    "issue",
    "country",
    "sector",
    "commodity",
    "commodities",
    "reference",
    "listed",
    "listed_elsewhere",
    "online",
    "silent",
    "severity",
    "factors",
    "events",
    "controls",
    "state",
    "other_confirmed",
)


@dataclass(frozen=True)
class Case:
    """One case without faults."""

    id: str
    issue: int  # position in Issue
    context: ContextLine
    online: bool
    silent: bool
    severity: SeverityLine
    factors: tuple[FactorLine, ...]
    events: tuple[EventLine, ...]
    controls: tuple[ControlLine, ...]
    states: tuple[StateLine, ...]


def read_cases(document: Any) -> tuple[list[Case], list[Problem]]:
    """Read the cases of a JSON document and every problem in it.

    Cases with a problem are left out; a caller that finds problems scores nothing.
    """
    whole = Checker(None)
    if not isinstance(document, Sequence) or isinstance(document, str):
        whole.note("", "The file must hold a list of cases.")
        return [], whole.problems
    cases, problems = [], whole.problems
    data, seen = public_data(), set[str]()
    for at, raw in whole.items(document, "cases"):
        check = _identified(raw.get("id"), at, seen)
        case = _read_case(raw, data, check)
        problems += check.problems
        if case and not check.problems:
            cases.append(case)
    return cases, problems


def _identified(given: Any, at: str, seen: set[str]) -> Checker:
    """A checker that names the case; an id that is missing or used before is noted."""
    check = Checker(given if isinstance(given, str) else None)
    if not isinstance(given, str) or not given:
        check.note(f"{at}.id", "A case needs an id, a text that is not empty.")
    elif given in seen:
        check.note("id", f"The case {given!r} is listed more than once.")
    else:
        seen.add(given)
    return check


def _read_case(raw: Mapping[str, Any], data: PublicData, check: Checker) -> Case | None:
    PARTS.refuse_unknown_keys(raw, _KEYS, "", check)
    known = check.known(raw.get("issue"), "issue", "issue", ISSUE_INDEX)
    context = read_context(raw, data, check)
    online = truth(raw.get("online"), "online", check)
    silent = truth(raw.get("silent"), "silent", check)
    severity = read_severity(raw.get("severity"), check)
    factors = read_factors(raw.get("factors"), check)
    events = read_events(raw.get("events"), check)
    controls = PARTS.controls(raw.get("controls"), check)
    if not known:
        return None
    issue = ISSUE_INDEX[raw["issue"]]
    return Case(
        str(raw.get("id")),
        issue,
        context,
        online,
        silent,
        severity,
        tuple(factors),
        tuple(events),
        tuple(controls),
        tuple(read_states(raw, issue, check)),
    )
