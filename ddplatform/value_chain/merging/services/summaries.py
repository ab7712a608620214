"""Summary of a node for later packages, renewed where its rows move."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from ddplatform.infrastructure.registry import Registry
from ddplatform.value_chain.merging.queries.merges import find_summary_anew

NewestStatus = Callable[[Sequence[UUID]], str | None]


class CountAnew(Protocol):
    """Counts the rows of a node anew, in its summary."""

    def __call__(self, node_id: UUID, *, today: date) -> object:
        """Count by what is late on this day."""


QUESTIONNAIRES = "questionnaires"
NEWEST_STATUS: Registry[NewestStatus] = Registry("states of questionnaires")
"""The state of the questionnaire that was sent last to one of some nodes."""
COUNTS: Registry[CountAnew] = Registry("counts in the summary of a node")


def show_newest_status(survivor_id: UUID, absorbed_id: UUID) -> list[str | None]:
    """Show the newest state of both at the survivor; returns what it showed before, and now."""
    row = find_summary_anew(survivor_id)
    if row is None:
        return [None, None]
    before = row.questionnaire_status
    row.questionnaire_status = _newest_status(survivor_id, absorbed_id)
    return [before, row.questionnaire_status]


def restore_status(survivor_id: UUID, states: Sequence[str | None]) -> None:
    """Show the state before the merge again; its own newest one where it has changed since."""
    before, after = states
    row = find_summary_anew(survivor_id)
    if row is None:
        return
    is_untouched = row.questionnaire_status == after
    row.questionnaire_status = before if is_untouched else _newest_status(survivor_id)


def count_anew(*nodes: UUID, at: datetime) -> None:
    """Count anew all that summaries count of later packages."""
    for node_id in nodes:
        for count in COUNTS:
            count(node_id, today=at.date())


def _newest_status(*nodes: UUID) -> str | None:
    return NEWEST_STATUS.get(QUESTIONNAIRES)(nodes)
