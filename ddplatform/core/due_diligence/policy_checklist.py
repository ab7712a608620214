"""Checklist of a policy commitment and the limit of its review (UNGP 16; Directive 2024/1760, 7).

Display texts and limits are in `data/policy_checklist.yaml`.
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

CHECKLIST_FILE: Final = Path(__file__).parent / "data" / "policy_checklist.yaml"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One criterion with the principle or law that it comes from."""

    ref: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class PolicyChecklist:
    """The content of `data/policy_checklist.yaml`.

    Attributes:
        items: POL-nn -> criterion.
        review_months: at most so long after its approval a policy is reviewed.
        notice_days: so long before its review people are reminded.
    """

    items: Mapping[str, ChecklistItem]
    review_months: int
    notice_days: int

    def latest_review(self, approved_on: date) -> date:
        """The last day for the review of a policy that was approved on a day."""
        return add_months(approved_on, self.review_months)


@cache
def policy_checklist() -> PolicyChecklist:
    """The shipped checklist, read once."""
    data: dict[str, Any] = yaml.safe_load(CHECKLIST_FILE.read_text(encoding="utf-8"))
    return PolicyChecklist(
        items=MappingProxyType(
            {ref: ChecklistItem(ref, **row) for ref, row in data["items"].items()}
        ),
        review_months=data["review_months"],
        notice_days=data["notice_days"],
    )
