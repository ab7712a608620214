"""The history of one record with its changes, from the log."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.audit.models import AuditValue
from ddplatform.audit.queries.log import LogFilter, LogRow, list_events
from ddplatform.infrastructure.db import db


@dataclass(frozen=True)
class Change:
    """One value that an event changed; `before` is None where there was none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class HistoryEntry:
    """One event about a record, with the values that are still kept."""

    event: LogRow
    changes: tuple[Change, ...]


def list_history(target_id: UUID, *, limit: int = 30) -> Sequence[HistoryEntry]:
    """The newest events about a record; restricted ones never."""
    events = list_events(LogFilter(target_id=str(target_id)), limit=limit)
    values = db.session.execute(
        select(AuditValue.event_id, AuditValue.name, AuditValue.value)
        .where(AuditValue.event_id.in_([event.id for event in events]))
        .order_by(AuditValue.name, AuditValue.id)
    ).all()
    of: dict[UUID, list[Change]] = defaultdict(list)
    for row in values:
        of[row.event_id].append(Change(row.name, row.value.get("before"), row.value.get("after")))
    return [HistoryEntry(event, tuple(of[event.id])) for event in events]
