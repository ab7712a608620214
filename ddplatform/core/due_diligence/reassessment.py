"""Triggers of a new assessment of a site, with their time limits (UNGP 17(c), 18).

Rules are in `data/reassessment.yaml`, titles in `data/tracking.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.core.due_diligence.tracking import tracking_words

RULES_FILE: Final = Path(__file__).parent / "data" / "reassessment.yaml"


class SeenBy(StrEnum):
    """The way in which a trigger becomes known."""

    MONTHS_PASSED = "months_passed"
    NEW_NODE = "new_node"
    NEW_GOODS_OR_COUNTRY = "new_goods_or_country"
    NEW_OPERATOR = "new_operator"
    LIST_ENTRY = "list_entry"
    SHARE_CHANGE = "share_change"
    CONTEXT_EVENT = "context_event"
    FACT = "fact"
    EVIDENCE_EXPIRY = "evidence_expiry"
    CLOSURE = "closure"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger.

    Attributes:
        ref: TRG-nn. due_days: days until somebody must have looked.
        months: for `months_passed`, the months after which a site is looked at again.
        change_above: for `share_change`, the part of the old share, 0 to 1, that a change must
            exceed.
    """

    ref: str
    title: str
    due_days: int
    seen_by: tuple[SeenBy, ...]
    months: int | None
    change_above: float | None


@cache
def triggers() -> Mapping[str, Trigger]:
    """The shipped triggers by reference, read once."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            ref: Trigger(
                ref=ref,
                title=tracking_words().triggers[ref],
                due_days=row["due_days"],
                seen_by=tuple(SeenBy(word) for word in row["seen_by"]),
                months=row.get("months"),
                change_above=row.get("change_above"),
            )
            for ref, row in rows.items()
        }
    )


def trigger_seen_by(way: SeenBy) -> Trigger:
    """The one trigger that is seen in a way; not for those that several share."""
    [found] = [one for one in triggers().values() if way in one.seen_by]
    return found


def has_changed_much(before: float, after: float, *, above: float) -> bool:
    """Whether a share moved by more than a part of what it was (TRG-04).

    Args:
        before, after: shares of the buyer's input, 0 to 1. above: 0.20 for more than 20 %.
    """
    return abs(after - before) > above * before + 1e-9
