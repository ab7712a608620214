"""Factors of one risk case, and how its parts are read (RM-1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from supply_chain.risk.case_parts import PartReader, SeenLine, truth
from supply_chain.risk.method import METHOD
from supply_chain.risk.problems import Checker

PARTS = PartReader(METHOD, refuses_unknown_keys=False)


@dataclass(frozen=True)
class FactorLine:
    """One listed factor."""

    factor: str
    observations: tuple[SeenLine, ...]
    not_applicable: bool
    approved: bool


def read_factors(raw: Any, check: Checker) -> list[FactorLine]:
    """The listed factors without faults; faults go to `check`."""
    listed = PARTS.listed(raw, "factor", (), METHOD.factor_index, check)
    return [_read_factor(ref, item, at, check) for at, ref, item in listed]


def _read_factor(ref: str, item: Mapping[str, Any], at: str, check: Checker) -> FactorLine:
    seen = PARTS.observations(ref, item, at, check)
    approved = truth(item.get("approved"), f"{at}.approved", check)
    reason = item.get("not_applicable")
    if reason is not None:
        _check_reason(ref, reason, seen, f"{at}.not_applicable", check)
    return FactorLine(ref, seen, reason is not None, approved)


def _check_reason(
    ref: str, reason: Any, seen: tuple[SeenLine, ...], at: str, check: Checker
) -> None:
    if not isinstance(reason, str) or not reason.strip():
        check.note(at, "A reason must be a text that is not empty.")
    if any(line.value is not None for line in seen):
        check.note(at, f"{ref} has an observation, so it cannot be 'not applicable'.")
    if ref.startswith(("CTY", "SEC")):
        check.note(at, f"{ref} always applies: every node has a place and an activity.")
