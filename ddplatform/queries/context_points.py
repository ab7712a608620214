"""Events in the surroundings of the sites of a map, as RM-2.0 counts them (section 6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import or_, select

from ddplatform.duediligence.context_kinds import context_kinds
from ddplatform.models.context_events import ContextEvent, ContextEventNode
from ddplatform.queries.map_on_day import MapOnDay, Nodes
from supply_chain.risk.context import age_in_months
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.rm2.method import METHOD


@dataclass(frozen=True)
class EventsAround:
    """Events that reach nodes of a map, and what each of them is called."""

    rows: EventRows
    ids: tuple[UUID, ...]  # of the event of each row
    titles: tuple[str, ...]


def load_events_around(chain_id: UUID, nodes: Nodes, as_of: date) -> EventsAround:
    """Events that have begun by a day, where nobody found that a site is outside of them.

    What lasts, a closed school or a peak, counts in full until its last day; others for the
    months that the method gives them.
    """
    known = MapOnDay.of(chain_id, nodes, as_of)
    rows = known.select(
        select(
            ContextEventNode.node_id,
            ContextEvent.id,
            ContextEvent.title,
            ContextEvent.kind,
            ContextEvent.starts_on,
            ContextEvent.ends_on,
            ContextEvent.source_type,
        )
        .join(ContextEvent, ContextEvent.id == ContextEventNode.event_id)
        .where(
            ContextEventNode.entered_at < known.end,
            ContextEvent.starts_on <= known.as_of,
            or_(ContextEvent.withdrawn_at.is_(None), ContextEvent.withdrawn_at >= known.end),
            or_(
                ContextEventNode.is_mistaken.is_(False),
                ContextEventNode.released_at >= known.end,
            ),
        )
        .order_by(ContextEventNode.node_id, ContextEvent.id),
        ContextEventNode.node_id,
    )
    counted = [row for row in rows if context_kinds()[row.kind].event]
    return EventsAround(
        _rows(counted, known),
        tuple(row.id for row in counted),
        tuple(row.title for row in counted),
    )


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
