"""Lists of nodes: search, filters, order, pages."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.filters.queries.events import events
from ddplatform.value_chain.filters.queries.filters import by_key, joined, read_meaning
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from supply_chain.search.node_filter import NodeFilter
from supply_chain.vocabulary import NodeKind, RiskBand

PAGE_SIZE = 50
ROWS = 10_000
"""Rows of a whole list that are read at a time."""


class NodeOrder(StrEnum):
    """The order of a list of nodes."""

    NAME = "name"
    COUNTRY = "country"
    RISK = "risk"
    TIER = "tier"


@dataclass(frozen=True)
class NodeRow:
    """One node as a list shows it."""

    id: UUID
    name: str
    kind: NodeKind
    country: str | None
    region: str | None
    sector_ref: str | None
    tier: int | None
    band: RiskBand | None
    top_issue: str | None
    open_findings: int | None
    overdue_actions: int | None
    questionnaire_status: str | None
    tags: Sequence[str]
    group_name: str | None
    owner_name: str | None
    in_event: bool
    """Whether it is in the area of a current event."""


SHOWN = tuple(column.name for column in fields(NodeRow))


@dataclass(frozen=True)
class NodePage:
    """A page of nodes; cursors are None where there is no further page on that side."""

    rows: Sequence[NodeRow]
    before: str | None
    after: str | None
    total: int
    """Counted up to `COUNTED` + 1, which means "more"."""
    is_like: bool = False
    """No name matches the text: these are similar."""


@dataclass(frozen=True)
class ArchivedRow(NodeRow):
    """A node that was taken out of the map."""

    ref: str
    archived_at: datetime


def list_nodes(
    chain_id: UUID,
    wanted: NodeFilter,
    *,
    order: NodeOrder = NodeOrder.NAME,
    after: UUID | None = None,
    before: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> NodePage:
    """A page of the nodes of a map, four statements at most whatever the size of the map.

    Args:
        after: id of the last node of the page before; the page begins behind it.
        before: id of the first node of the page behind; the page ends before it.
    """
    meant = read_meaning(chain_id, wanted)
    if meant.is_nobody:
        return NodePage(rows=(), before=None, after=None, total=0)
    key, descending = _sort_key(order), before is not None and after is None
    directed = [column.desc() if descending else column for column in key]
    cursor = after or before
    named = meant.by_name() if order is NodeOrder.NAME else None
    part = None if named is None else _beside(named, after, before, limit + 1)
    statement = meant.of(select(ValueChainNode.id))
    if cursor is not None and part is None:
        place = db.session.execute(
            joined(select(*key)).where(ValueChainNode.id == cursor)
        ).one_or_none()
        if place is not None:
            there = tuple_(*(column for column in key))
            values = tuple_(*place)
            statement = statement.where(there > values if after else there < values)
    # The keys of a page are found first, so that no wide rows are sorted.
    found = statement.order_by(*directed).limit(limit + 1) if part is None else part
    counted = meant.total().label("total")
    wide = _columns().where(ValueChainNode.id.in_(found)).order_by(*directed).add_columns(counted)
    rows = db.session.execute(wide if part is None else by_key(wide)).all()
    has_more = len(rows) > limit
    page = [NodeRow(**{name: row._mapping[name] for name in SHOWN}) for row in rows[:limit]]
    if descending:
        page.reverse()
    return NodePage(
        rows=page,
        before=str(page[0].id) if page and (after or (before and has_more)) else None,
        after=str(page[-1].id) if page and (has_more if not descending else True) else None,
        total=rows[0].total if rows else db.session.scalar(select(counted)) or 0,
        is_like=meant.is_like,
    )


def _beside(
    keys: Sequence[UUID], after: UUID | None, before: UUID | None, limit: int
) -> Sequence[UUID] | None:
    """The next or last few of all keys, beside a cursor; None where it is none of them."""
    cursor = after or before
    if cursor is None:
        return keys[:limit]
    if cursor not in keys:
        return None
    at = keys.index(cursor)
    return keys[at + 1 :][:limit] if after else keys[max(0, at - limit) : at]


@many_objects()
def load_node_rows(chain_id: UUID) -> dict[UUID, NodeRow]:
    """All standing nodes of a map as its list shows them, by key; one statement."""
    rows = db.session.execute(
        _columns().where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None)),
        execution_options={"yield_per": ROWS},
    )
    return {row.id: NodeRow(**row._mapping) for row in rows}


@many_objects()
def list_archived(chain_id: UUID, wanted: NodeFilter) -> Sequence[ArchivedRow]:
    """All archived nodes of a map that a filter means, by name; four statements at most."""
    meant = read_meaning(chain_id, replace(wanted, archived=True))
    if meant.is_nobody:
        return ()
    more = ValueChainNode.external_ref.label("ref"), ValueChainNode.archived_at
    found = meant.of(select(ValueChainNode.id))
    rows = db.session.execute(
        _columns()
        .add_columns(*more)
        .where(ValueChainNode.id.in_(found))
        .order_by(*_sort_key(NodeOrder.NAME))
    ).all()
    return [ArchivedRow(**row._mapping) for row in rows]


def _columns() -> Select[*tuple[Any, ...]]:
    statement = joined(
        select(
            ValueChainNode.id,
            ValueChainNode.name,
            ValueChainNode.kind,
            ValueChainNode.country,
            ValueChainNode.region,
            ValueChainNode.sector_ref,
            NodeSummary.tier,
            NodeSummary.band,
            NodeSummary.top_issue,
            NodeSummary.open_findings,
            NodeSummary.overdue_actions,
            NodeSummary.questionnaire_status,
            ValueChainNode.tags,
            ValueChainNode.group_name,
            User.name.label("owner_name"),
            events().is_inside(None).label("in_event"),
        )
    )
    # A person who left the organisation is responsible for nothing any more.
    return statement.outerjoin(Membership, Membership.user_id == ValueChainNode.owner_id).outerjoin(
        User, User.id == Membership.user_id
    )


def _sort_key(order: NodeOrder) -> list[ColumnElement[Any]]:
    """Columns of an index of their table, the key last; in a tier the riskiest nodes first."""
    node, summary = ValueChainNode.__table__.c, NodeSummary.__table__.c
    keys: dict[NodeOrder, list[ColumnElement[Any]]] = {
        NodeOrder.NAME: [node.name, node.id],
        NodeOrder.COUNTRY: [node.country_order, node.name, node.id],
        NodeOrder.RISK: [summary.rank_order, summary.node_id],
        NodeOrder.TIER: [summary.tier_order, summary.rank_order, summary.node_id],
    }
    return keys[order]


def list_names(chain_id: UUID, *, limit: int = 200) -> Sequence[str]:
    """Names of nodes of a map to suggest while typing."""
    return db.session.scalars(
        select(ValueChainNode.name)
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.name, ValueChainNode.id)
        .limit(limit)
    ).all()


def load_summaries(keys: Sequence[UUID]) -> dict[UUID, NodeSummary]:
    """The summary of each of these nodes, as boxes of a drawing show it."""
    rows = db.session.scalars(select(NodeSummary).where(NodeSummary.node_id.in_(keys)))
    return {row.node_id: row for row in rows}
