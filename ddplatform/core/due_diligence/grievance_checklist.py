"""Yearly self-check of a grievance mechanism by the eight criteria of UNGP 31, GRV-a to GRV-h.

Display texts, scores and limits are in `data/grievance_checklist.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.core.months import add_months

CHECKLIST_FILE: Final = Path(__file__).parent / "data" / "grievance_checklist.yaml"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion, what it asks, and the principle that it comes from."""

    ref: str
    title: str
    asks: str
    source: str


@dataclass(frozen=True, slots=True)
class GrievanceChecklist:
    """The content of `data/grievance_checklist.yaml`.

    Attributes:
        criteria: GRV-x -> criterion, in order.
        scores: 0 to 3 -> meaning.
        weak_below: a lower score is a weakness.
        repeat_months: a check counts for so long.
    """

    criteria: Mapping[str, Criterion]
    scores: Mapping[int, str]
    weak_below: int
    repeat_months: int

    def good_until(self, checked_on: date) -> date:
        """The last day on which a check counts."""
        return add_months(checked_on, self.repeat_months)

    def complete_since(self, newest: Mapping[str, date]) -> date | None:
        """The day from which the whole check counts: that of the criterion checked longest ago.

        Args:
            newest: GRV-x -> day of its newest check.

        Returns:
            None while a criterion was never checked. The scores are never averaged: a mechanism
            that nobody can reach is not mended by a good record of learning.
        """
        days = [newest.get(ref) for ref in self.criteria]
        checked = [day for day in days if day is not None]
        return min(checked) if len(checked) == len(days) else None


@cache
def grievance_checklist() -> GrievanceChecklist:
    """The shipped checklist, read once."""
    data: dict[str, Any] = yaml.safe_load(CHECKLIST_FILE.read_text(encoding="utf-8"))
    return GrievanceChecklist(
        criteria=MappingProxyType(
            {ref: Criterion(ref, **row) for ref, row in data["criteria"].items()}
        ),
        scores=MappingProxyType(data["scores"]),
        weak_below=data["weak_below"],
        repeat_months=data["repeat_months"],
    )
