"""Events in the surroundings of sites: lists, one of them, who stands inside."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, and_, func, or_, select

from ddplatform.db import db
from ddplatform.duediligence.context_kinds import PRESENT, context_kinds
from ddplatform.errors import NotFound
from ddplatform.models.context_events import ContextEvent, ContextEventNode
from ddplatform.models.organisations import User
from ddplatform.models.value_chain import NodeSummary, ValueChain, ValueChainNode
from ddplatform.queries.map_on_day import FEW, MapOnDay
from supply_chain.areas import Area, AreaKind, Places
from supply_chain.risk.factors import MONTH_DAYS
from supply_chain.vocabulary import NodeKind, RiskBand

EVENTS_SHOWN = 200
NODES_SHOWN = 200
DEGREE_KM = 110.0  # a little less than any degree of latitude, so that the box holds the circle


class EventState(StrEnum):
    """Where an event stands on a day."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class EventRow:
    """An event as a list shows it."""

    id: UUID
    kind: str
    title: str
    area: AreaKind
    country: str | None
    region: str | None
    latitude: float | None
    longitude: float | None
    radius_km: float | None
    starts_on: date
    ends_on: date | None
    source_publisher: str
    is_withdrawn: bool
    is_ended: bool
    nodes: int

    def state(self, on: date) -> EventState:
        """Where it stands on a day."""
        if self.is_withdrawn:
            return EventState.WITHDRAWN
        if self.is_ended:
            return EventState.OVER
        return state_on(on, self.starts_on, self.ends_on)


@dataclass(frozen=True)
class NodeInside:
    """A site inside an event."""

    id: UUID
    name: str
    country: str | None
    region: str | None
    chain_name: str
    band: RiskBand | None
    distance_km: float | None
    is_marked: bool


@dataclass(frozen=True)
class Mark:
    """An event that a site stands in now."""

    event_id: UUID
    kind: str
    title: str
    starts_on: date


@dataclass(frozen=True)
class Candidates:
    """Standing nodes of all maps that may be in an area, as columns."""

    ids: Sequence[UUID]
    chain_ids: Sequence[UUID]
    places: Places


def state_on(on: date, starts_on: date, ends_on: date | None) -> EventState:
    """Where an event stands by its days; its last day belongs to it."""
    if on < starts_on:
        return EventState.UPCOMING
    return EventState.OVER if ends_on is not None and ends_on < on else EventState.ACTIVE


def area_of(event: ContextEvent | EventRow) -> Area:
    """The area of an event as the bedrock reads it."""
    return Area(
        kind=event.area,
        country=event.country,
        region=event.region,
        latitude=event.latitude or 0.0,
        longitude=event.longitude or 0.0,
        radius_km=event.radius_km or 0.0,
    )


def list_events(state: EventState | None, *, today: date) -> Sequence[EventRow]:
    """Events in one state, or all, the newest start first; at most 200."""
    marked = (
        select(ContextEventNode.event_id, func.count().label("nodes"))
        .where(ContextEventNode.is_mistaken.is_(False))
        .group_by(ContextEventNode.event_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            ContextEvent.id,
            ContextEvent.kind,
            ContextEvent.title,
            ContextEvent.area,
            ContextEvent.country,
            ContextEvent.region,
            ContextEvent.latitude,
            ContextEvent.longitude,
            ContextEvent.radius_km,
            ContextEvent.starts_on,
            ContextEvent.ends_on,
            ContextEvent.source_publisher,
            ContextEvent.withdrawn_at.is_not(None).label("is_withdrawn"),
            ContextEvent.ended_at.is_not(None).label("is_ended"),
            func.coalesce(marked.c.nodes, 0).label("nodes"),
        )
        .outerjoin(marked, marked.c.event_id == ContextEvent.id)
        .where(*_in_state(state, today))
        .order_by(ContextEvent.starts_on.desc(), ContextEvent.id)
        .limit(EVENTS_SHOWN)
    ).all()
    return [EventRow(**row._mapping) for row in rows]


def _in_state(state: EventState | None, today: date) -> list[ColumnElement[bool]]:
    standing = ContextEvent.withdrawn_at.is_(None)
    ended = or_(
        ContextEvent.ended_at.is_not(None),
        and_(ContextEvent.ends_on.is_not(None), ContextEvent.ends_on < today),
    )
    begun = ContextEvent.starts_on <= today
    wanted: dict[EventState | None, list[ColumnElement[bool]]] = {
        None: [],
        EventState.UPCOMING: [standing, ~begun],
        EventState.ACTIVE: [standing, begun, ~ended],
        EventState.OVER: [standing, begun, ended],
        EventState.WITHDRAWN: [~standing],
    }
    return wanted[state]


def get_event(event_id: UUID, *, for_change: bool = False) -> ContextEvent:
    """An event, or NotFound."""
    statement = select(ContextEvent).where(ContextEvent.id == event_id)
    event = db.session.scalar(statement.with_for_update() if for_change else statement)
    if event is None:
        raise NotFound()
    return event


def list_running_events(today: date) -> Sequence[ContextEvent]:
    """Events that have begun and whose end was not carried out yet, by start."""
    return db.session.scalars(
        select(ContextEvent)
        .where(
            ContextEvent.withdrawn_at.is_(None),
            ContextEvent.starts_on <= today,
            ContextEvent.ended_at.is_(None),
        )
        .order_by(ContextEvent.starts_on, ContextEvent.id)
        .with_for_update()
    ).all()


def load_candidates(area: Area) -> Candidates:
    """The nodes of all maps that may stand in an area, unknown origins left out."""
    rows = db.session.execute(
        select(
            ValueChainNode.id,
            ValueChainNode.chain_id,
            ValueChainNode.country,
            ValueChainNode.region,
            ValueChainNode.latitude,
            ValueChainNode.longitude,
        )
        .where(
            ValueChainNode.archived_at.is_(None),
            ValueChainNode.kind != NodeKind.UNKNOWN_ORIGIN,
            _near(area),
        )
        .order_by(ValueChainNode.id)
    ).all()
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * 6
    ids, chains, country, region, latitude, longitude = columns
    return Candidates(ids, chains, Places(country, region, _degrees(latitude), _degrees(longitude)))


def _near(area: Area) -> ColumnElement[bool]:
    if area.kind is not AreaKind.CIRCLE:
        return ValueChainNode.country == area.country
    reach = area.radius_km / DEGREE_KM
    unplaced = and_(ValueChainNode.country == area.country, ValueChainNode.latitude.is_(None))
    return or_(
        ValueChainNode.latitude.between(area.latitude - reach, area.latitude + reach), unplaced
    )


def _degrees(values: Sequence[float | None]) -> Any:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def list_rows_inside(event_id: UUID) -> Mapping[UUID, ContextEventNode]:
    """What is kept of each node that is or was inside, by node."""
    rows = db.session.scalars(
        select(ContextEventNode)
        .where(ContextEventNode.event_id == event_id)
        .order_by(ContextEventNode.id)
    )
    return {row.node_id: row for row in rows}


def list_nodes_inside(event_id: UUID) -> tuple[Sequence[NodeInside], int]:
    """The sites inside an event, the nearest first, at most 200, and how many there are."""
    wanted = (
        ContextEventNode.event_id == event_id,
        ContextEventNode.is_mistaken.is_(False),
    )
    rows = db.session.execute(
        select(
            ValueChainNode.id,
            ValueChainNode.name,
            ValueChainNode.country,
            ValueChainNode.region,
            ValueChain.name.label("chain_name"),
            NodeSummary.band,
            ContextEventNode.distance_km,
            ContextEventNode.left_at.is_(None).label("is_marked"),
        )
        .select_from(ContextEventNode)
        .join(ValueChainNode, ValueChainNode.id == ContextEventNode.node_id)
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .where(*wanted)
        .order_by(
            func.coalesce(ContextEventNode.distance_km, 0.0), ValueChainNode.name, ValueChainNode.id
        )
        .limit(NODES_SHOWN)
    ).all()
    total = len(rows)
    if total == NODES_SHOWN:
        counted = select(func.count()).select_from(ContextEventNode).where(*wanted)
        total = db.session.scalar(counted) or total
    return [NodeInside(**row._mapping) for row in rows], total


def list_marks(node_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Mark]]:
    """The events that each of these sites stands in now; for pages of a few hundred sites."""
    rows = db.session.execute(
        select(
            ContextEventNode.node_id,
            ContextEvent.id.label("event_id"),
            ContextEvent.kind,
            ContextEvent.title,
            ContextEvent.starts_on,
        )
        .join(ContextEvent, ContextEvent.id == ContextEventNode.event_id)
        .where(ContextEventNode.node_id.in_(node_ids), ContextEventNode.left_at.is_(None))
        .order_by(ContextEvent.starts_on, ContextEvent.id)
    ).all()
    found: dict[UUID, list[Mark]] = defaultdict(list)
    for row in rows:
        found[row.node_id].append(Mark(row.event_id, row.kind, row.title, row.starts_on))
    return found


def name_of_author(event: ContextEvent) -> str | None:
    """Who entered an event; None for the platform itself."""
    return db.session.scalar(select(User.name).where(User.id == event.created_by_id))


def load_context_observations(
    known: MapOnDay,
) -> list[tuple[int, str, float | None, str, float, float | None, int | None]]:
    """What events show of the nodes of a map on a day, as rows of `observations_from`.

    An observation is as old as the end of its event; while the event goes on it is fresh. It
    counts until somebody looked at the site after the end, and for as long as the words of the
    factor still speak of it (`counts_months_after`). Its score is the worst, so it never lowers.
    """
    rows = known.select(
        select(
            ContextEventNode.node_id,
            ContextEventNode.released_at,
            ContextEventNode.is_mistaken,
            ContextEvent.kind,
            ContextEvent.ends_on,
            ContextEvent.source_type,
        )
        .join(ContextEvent, ContextEvent.id == ContextEventNode.event_id)
        .where(ContextEventNode.entered_at < known.end, ContextEvent.starts_on <= known.as_of)
        .order_by(ContextEventNode.node_id, ContextEvent.id),
        ContextEventNode.node_id,
    )
    return [
        (
            known.rows[row.node_id],
            factor,
            PRESENT,
            row.source_type,
            _months_after(row.ends_on, known.as_of),
            None,
            None,
        )
        for row in rows
        if _counts(row, known)
        for factor in context_kinds()[row.kind].factors
    ]


def _counts(row: Any, known: MapOnDay) -> bool:
    if row.released_at is None or row.released_at >= known.end:
        return True
    if row.is_mistaken or row.ends_on is None:
        return False
    months = context_kinds()[row.kind].counts_months_after
    return bool(row.ends_on + timedelta(days=months * MONTH_DAYS) > known.as_of and months)


def _months_after(ends_on: date | None, as_of: date) -> float:
    return 0.0 if ends_on is None else max(0.0, (as_of - ends_on).days / MONTH_DAYS)


def list_chains_of(node_ids: Sequence[UUID]) -> Sequence[UUID]:
    """The maps that these nodes stand in."""
    found: set[UUID] = set()
    for start in range(0, len(node_ids), FEW):
        found |= set(
            db.session.scalars(
                select(ValueChainNode.chain_id)
                .where(ValueChainNode.id.in_(node_ids[start : start + FEW]))
                .distinct()
            )
        )
    return sorted(found)
