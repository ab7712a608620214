"""Sites inside the area of an event: certain, possible and past ones."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select

from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.risk.context_events.models import ContextEvent, ContextEventNode
from ddplatform.risk.context_events.queries.events import area_of
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.graph.areas import Area, AreaKind, Places, find_inside
from supply_chain.vocabulary import NodeKind, RiskBand

NODES_SHOWN = 200
UNSURE_SHOWN = 50
DEGREE_KM = 110.0  # a little less than any degree of latitude, so that the box holds the circle


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
class NodeName:
    """A site by name."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Mark:
    """An event whose area includes a site now."""

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
    """The stored row of each node that is or was inside, by node."""
    rows = db.session.scalars(
        select(ContextEventNode)
        .where(ContextEventNode.event_id == event_id)
        .order_by(ContextEventNode.id)
    )
    return {row.node_id: row for row in rows}


def list_node_ids(event_id: UUID) -> Sequence[UUID]:
    """The nodes that are or were inside."""
    return db.session.scalars(
        select(ContextEventNode.node_id).where(ContextEventNode.event_id == event_id)
    ).all()


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


def list_unsure(event: ContextEvent) -> tuple[Sequence[NodeName], int]:
    """Sites that may stand inside, since their place is not known; at most 50, and how many."""
    candidates = load_candidates(area_of(event))
    rows = find_inside(area_of(event), candidates.places).unsure
    shown = [candidates.ids[row] for row in rows[:UNSURE_SHOWN]]
    found = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.name)
        .where(ValueChainNode.id.in_(shown))
        .order_by(ValueChainNode.name, ValueChainNode.id)
    ).all()
    return [NodeName(*row) for row in found], len(rows)


def select_marks(node_ids: Collection[UUID]) -> Question[Mapping[UUID, Sequence[Mark]]]:
    """Asks for the current events around each of these sites; for pages of a few hundred."""
    statement = (
        select(
            ContextEventNode.node_id,
            ContextEvent.id.label("event_id"),
            ContextEvent.kind,
            ContextEvent.title,
            ContextEvent.starts_on,
        )
        .join(ContextEvent, ContextEvent.id == ContextEventNode.event_id)
        .where(ContextEventNode.node_id.in_(node_ids), ContextEventNode.left_at.is_(None))
    )
    return Question((statement,), _marks, (ContextEvent.starts_on, ContextEvent.id))


def _marks(rows: Rows) -> Mapping[UUID, Sequence[Mark]]:
    found: dict[UUID, list[Mark]] = defaultdict(list)
    for row in rows:
        found[row.node_id].append(Mark(row.event_id, row.kind, row.title, row.starts_on))
    return found


def is_inside(event_id: UUID | None) -> ColumnElement[bool]:
    """Whether a node is in the area of a current event; of this one, where a key is given."""
    inside = exists().where(
        ContextEventNode.node_id == ValueChainNode.id, ContextEventNode.left_at.is_(None)
    )
    return inside if event_id is None else inside.where(ContextEventNode.event_id == event_id)


def select_inside(chain_id: UUID) -> Select[str]:
    """The keys, as text, of the nodes of a map that are in the area of a current event."""
    return (
        select(cast(ContextEventNode.node_id, String))
        .join(ValueChainNode, ValueChainNode.id == ContextEventNode.node_id)
        .where(ValueChainNode.chain_id == chain_id, ContextEventNode.left_at.is_(None))
    )


def list_chains_of(node_ids: Sequence[UUID]) -> Sequence[UUID]:
    """The maps that these nodes stand in, by key; of no nodes none, and no statement."""
    if not node_ids:
        return ()
    return db.session.scalars(
        select(ValueChainNode.chain_id)
        .where(among(ValueChainNode.id, node_ids))
        .distinct()
        .order_by(ValueChainNode.chain_id)
    ).all()
