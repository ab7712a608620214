"""Events in the surroundings of the sites of a map, as RM-2.0 counts them (section 6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from ddplatform.core.due_diligence.context_kinds import context_kinds
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.risk.context_events.models import ContextEvent, ContextEventNode
from ddplatform.value_chain.history.queries.on_day import MapOnDay
from supply_chain.risk.context import age_in_months
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.rm2.method import METHOD


@dataclass(frozen=True)
class EventsAround:
    """Events that reach nodes of a map, and what each of them is called."""

    rows: EventRows
    ids: tuple[UUID, ...]  # of the event of each row
    titles: tuple[str, ...]


def select_events(known: MapOnDay) -> Question[Rows]:
    """Asks for events that have begun by a day and have reached nodes of a map."""
    return known.about(
        select(
            ContextEventNode.node_id,
            ContextEventNode.released_at,
            ContextEventNode.is_mistaken,
            ContextEvent.id,
            ContextEvent.title,
            ContextEvent.kind,
            ContextEvent.starts_on,
            ContextEvent.ends_on,
            ContextEvent.source_type,
            ContextEvent.withdrawn_at,
        )
        .join(ContextEvent, ContextEvent.id == ContextEventNode.event_id)
        .where(ContextEventNode.entered_at < known.end, ContextEvent.starts_on <= known.as_of),
        ContextEventNode.node_id,
        *(ContextEventNode.node_id, ContextEvent.id),
    )


def events_around(known: MapOnDay, rows: Rows) -> EventsAround:
    """Events that count around sites: not withdrawn, nobody found that the site is outside.

    What lasts, a closed school or a peak, counts in full until its last day; others for the
    months that the method gives them.
    """
    counted = [row for row in rows if context_kinds()[row.kind].event and _counts(row, known.end)]
    return EventsAround(
        _rows(counted, known),
        tuple(row.id for row in counted),
        tuple(row.title for row in counted),
    )


def _counts(row: Any, end: datetime) -> bool:
    is_mistaken = row.is_mistaken and (row.released_at is None or row.released_at < end)
    return not is_mistaken and (row.withdrawn_at is None or row.withdrawn_at >= end)


def _rows(rows: Sequence[Any], known: MapOnDay) -> EventRows:
    events = [METHOD.event_index[context_kinds()[row.kind].event] for row in rows]
    return EventRows(
        node=np.array([known.rows[row.node_id] for row in rows], dtype=np.int64),
        event=np.array(events, dtype=np.int64),
        source_type=np.array(
            [METHOD.source_index[row.source_type] for row in rows], dtype=np.int64
        ),
        months_since_start=np.array(
            [age_in_months(row.starts_on, known.as_of) for row in rows], dtype=np.float64
        ),
        months_at_full=np.array(
            [_at_full(row, event, known.as_of) for row, event in zip(rows, events, strict=True)],
            dtype=np.float64,
        ),
    )


def _at_full(row: Any, event: int, as_of: date) -> float:
    """Months in full of what lasts and is over; NaN: as the method says."""
    lasts = np.isinf(METHOD.event_months[event])
    is_over = row.ends_on is not None and row.ends_on < as_of
    return age_in_months(row.starts_on, row.ends_on) if lasts and is_over else np.nan
