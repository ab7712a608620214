"""Lines of a risk case: factors and events, and how its parts are read (RM-2.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from supply_chain.risk.case_parts import PartReader, SeenLine, truth
from supply_chain.risk.problems import Checker
from supply_chain.risk.rm2.method import METHOD

PARTS = PartReader(METHOD, refuses_unknown_keys=True)
_FACTOR_KEYS = ("factor", "observations", "not_applicable", "approved", "blank")
_EVENT_KEYS = ("event", "source_type", "months_since_start", "months_at_full")
_NEVER_BLANK = ("CTY", "SEC")
_ALWAYS_APPLY = ("CTY", "SEC", "COM")


@dataclass(frozen=True)
class FactorLine:
    """One listed factor."""

    factor: int
    observations: tuple[SeenLine, ...]
    not_applicable: bool  # with a reason that a second person approved
    blank: bool


@dataclass(frozen=True)
class EventLine:
    """One listed event; `place` is its place in the list."""

    place: int
    event: int
    source_type: int
    months_since_start: float
    months_at_full: float | None


def read_factors(raw: Any, check: Checker) -> list[FactorLine]:
    """The listed factors without faults; faults go to `check`."""
    listed = PARTS.listed(raw, "factor", _FACTOR_KEYS, METHOD.factor_index, check)
    return [_read_factor(ref, item, at, check) for at, ref, item in listed]


def _read_factor(ref: str, item: Mapping[str, Any], at: str, check: Checker) -> FactorLine:
    seen = PARTS.observations(ref, item, at, check)
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


def read_events(raw: Any, check: Checker) -> list[EventLine]:
    """The listed events without faults; faults go to `check`."""
    lines: list[EventLine] = []
    for place, (at, item) in enumerate(check.items(raw, "events")):
        PARTS.refuse_unknown_keys(item, _EVENT_KEYS, at, check)
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
