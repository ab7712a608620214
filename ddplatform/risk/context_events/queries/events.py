"""Events in the surroundings of sites: lists, one event, its state on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.risk.context_events.models import ContextEvent, ContextEventNode
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.graph.areas import Area, AreaKind

EVENTS_SHOWN = 200


class EventState(StrEnum):
    """The state of an event on a day."""

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
        """Its state on a day."""
        if self.is_withdrawn:
            return EventState.WITHDRAWN
        return EventState.OVER if self.is_ended else state_on(on, self.starts_on, self.ends_on)


def state_on(on: date, starts_on: date, ends_on: date | None) -> EventState:
    """The state of an event by its days; its last day belongs to it."""
    if on < starts_on:
        return EventState.UPCOMING
    return EventState.OVER if ends_on is not None and ends_on < on else EventState.ACTIVE


def state_of(event: ContextEvent, on: date) -> EventState:
    """The state of an event on a day."""
    if event.withdrawn_at is not None:
        return EventState.WITHDRAWN
    return EventState.OVER if event.ended_at else state_on(on, event.starts_on, event.ends_on)


def area_of(event: ContextEvent | EventRow) -> Area:
    """The area of an event as the core reads it."""
    return Area(
        kind=event.area,
        country=event.country,
        region=event.region,
        latitude=event.latitude or 0.0,
        longitude=event.longitude or 0.0,
        radius_km=event.radius_km or 0.0,
    )


def list_events(
    state: EventState | None, *, today: date, country: str | None = None
) -> Sequence[EventRow]:
    """Events in one state, or all, the newest start first; at most 200.

    With a country, those of it, and those that a site of it stands in.
    """
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
        .where(*_in_state(state, today), *_around(country))
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


def _around(country: str | None) -> list[ColumnElement[bool]]:
    if country is None:
        return []
    inside = (
        select(ContextEventNode.event_id)
        .join(ValueChainNode, ValueChainNode.id == ContextEventNode.node_id)
        .where(ValueChainNode.country == country, ContextEventNode.left_at.is_(None))
    )
    return [or_(ContextEvent.country == country, ContextEvent.id.in_(inside))]


def get_event(event_id: UUID, *, for_change: bool = False) -> ContextEvent:
    """An event, or NotFound."""
    statement = select(ContextEvent).where(ContextEvent.id == event_id)
    return get_one(statement, for_change=for_change)


def list_titles(event_ids: Sequence[UUID]) -> Sequence[tuple[UUID, str]]:
    """Events by key with their titles, whether or not they go on; one statement."""
    rows = db.session.execute(
        select(ContextEvent.id, ContextEvent.title).where(ContextEvent.id.in_(event_ids))
    )
    return [(key, title) for key, title in rows]


def select_going_on() -> Select[str, str]:
    """Events that go on: keys as text, titles."""
    return select(cast(ContextEvent.id, String), ContextEvent.title).where(
        ContextEvent.ended_at.is_(None), ContextEvent.withdrawn_at.is_(None)
    )


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


def name_of_author(event: ContextEvent) -> str | None:
    """The author of an event; None for the platform itself."""
    return db.session.scalar(select(User.name).where(User.id == event.created_by_id))
