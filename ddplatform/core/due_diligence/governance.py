"""Governance of due diligence: areas of responsibility, groups of staff, coverage of training.

Areas, groups and periods with their sources are in `data/governance.yaml` (UNGP 16, 19).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.core.months import add_months

GOVERNANCE_FILE: Final = Path(__file__).parent / "data" / "governance.yaml"


@dataclass(frozen=True, slots=True)
class NamedWithSource:
    """An area of responsibility or a group of staff, with the principle it comes from."""

    ref: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class GovernanceWords:
    """The content of `data/governance.yaml`.

    Attributes:
        responsibilities, groups: ref -> area of responsibility, group of staff.
        training_months: so long a training counts for the coverage of its group.
        board_review_months: at most so long after a board note the next review lies.
    """

    responsibilities: Mapping[str, NamedWithSource]
    groups: Mapping[str, NamedWithSource]
    training_months: int
    board_review_months: int

    def latest_review(self, held_on: date) -> date:
        """The last day for the next review after a meeting on a day."""
        return add_months(held_on, self.board_review_months)


@dataclass(frozen=True, slots=True)
class Training:
    """One training of one group.

    Attributes:
        in_group: people in the group, 1 or more. trained: of them, 0 to `in_group`.
    """

    group: str
    held_on: date
    subject: str
    trained: int
    in_group: int


@dataclass(frozen=True, slots=True)
class GroupCoverage:
    """Coverage of one group on a day.

    Attributes:
        newest: the newest training by that day, of any age; None: none is recorded.
        share: 0 to 1, of `newest`; None where that is too old or missing. Never 0 for missing.
    """

    group: NamedWithSource
    newest: Training | None
    share: float | None


def training_coverage(trainings: Iterable[Training], on: date) -> tuple[GroupCoverage, ...]:
    """Coverage of every group by its newest training within the period, in the order of the file.

    Args:
        trainings: in any order; of two on one day the later one counts. Those after `on` do not.
    """
    words = governance_words()
    newest: dict[str, Training] = {}
    for one in trainings:
        if one.held_on <= on and (
            one.group not in newest or one.held_on >= newest[one.group].held_on
        ):
            newest[one.group] = one
    since = add_months(on, -words.training_months)
    return tuple(_of_group(group, newest.get(ref), since) for ref, group in words.groups.items())


def _of_group(group: NamedWithSource, newest: Training | None, since: date) -> GroupCoverage:
    counts = newest is not None and newest.held_on >= since
    share = newest.trained / newest.in_group if newest is not None and counts else None
    return GroupCoverage(group, newest, share)


@cache
def governance_words() -> GovernanceWords:
    """The shipped file, read once."""
    data: dict[str, Any] = yaml.safe_load(GOVERNANCE_FILE.read_text(encoding="utf-8"))
    return GovernanceWords(
        responsibilities=_named(data["responsibilities"]),
        groups=_named(data["groups"]),
        training_months=data["training_months"],
        board_review_months=data["board_review_months"],
    )


def _named(rows: dict[str, dict[str, str]]) -> Mapping[str, NamedWithSource]:
    return MappingProxyType({ref: NamedWithSource(ref, **row) for ref, row in rows.items()})
