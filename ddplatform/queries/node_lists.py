"""Nodes as lists: searched, filtered, sorted, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    exists,
    func,
    or_,
    select,
    tuple_,
    union,
)

from ddplatform.db import db
from ddplatform.models.context_events import ContextEventNode
from ddplatform.models.value_chain import NodeSummary, ValueChain, ValueChainNode
from supply_chain.vocabulary import NodeKind, RiskBand

PAGE_SIZE = 50
COUNT_CAP = 1000
FEW = 500
NO_RANK = 1_000_000_000
NOT_ASSESSED = "none"
NO_COUNTRY = "~"


class NodeOrder(StrEnum):
    """In which order nodes are listed."""

    NAME = "name"
    COUNTRY = "country"
    RISK = "risk"
    TIER = "tier"


@dataclass(frozen=True)
class NodeFilter:
    """Which nodes to list. Empty means all; `band` and `country` may be `none` for "not known"."""

    q: str = ""
    country: str = ""
    kind: NodeKind | None = None
    tier: int | None = None
    band: str = ""
    sector: str = ""
    archived: bool = False


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
    best_rank: int | None
    open_findings: int | None
    overdue_actions: int | None
    questionnaire_status: str | None
    in_event: bool
    """Whether it stands in the area of an event that goes on."""


@dataclass(frozen=True)
class NodePage:
    """A page of nodes; cursors are None where there is no further page on that side."""

    rows: Sequence[NodeRow]
    before: str | None
    after: str | None
    total: int
    """Counted up to `COUNT_CAP` + 1, which stands for "more"."""


@dataclass(frozen=True)
class FoundNode:
    """A node found by the search over all maps."""

    id: UUID
    name: str
    kind: NodeKind
    country: str | None
    region: str | None
    chain_name: str
    band: RiskBand | None


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
    conditions = _conditions(chain_id, wanted)
    if conditions is None:
        return NodePage(rows=(), before=None, after=None, total=0)
    key = _sort_key(order)
    statement = _joined(select(ValueChainNode.id)).where(*conditions)
    cursor = after or before
    if cursor is not None:
        place = db.session.execute(
            _joined(select(*key)).where(ValueChainNode.id == cursor)
        ).one_or_none()
        if place is not None:
            there = tuple_(*(column for column in key))
            values = tuple_(*place)
            statement = statement.where(there > values if after else there < values)
    descending = before is not None and after is None
    directed = [column.desc() if descending else column for column in key]
    # The keys of a page are found first, so that no wide rows are sorted.
    found = statement.order_by(*directed).limit(limit + 1)
    rows = db.session.execute(
        _columns().where(ValueChainNode.id.in_(found)).order_by(*directed)
    ).all()
    has_more = len(rows) > limit
    page = [NodeRow(**row._mapping) for row in rows[:limit]]
    if descending:
        page.reverse()
    return NodePage(
        rows=page,
        before=str(page[0].id) if page and (after or (before and has_more)) else None,
        after=str(page[-1].id) if page and (has_more if not descending else True) else None,
        total=_count(conditions),
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """With the summary of each node; an inner join, so that lists can start from its indexes."""
    return statement.select_from(ValueChainNode).join(
        NodeSummary,
        (NodeSummary.node_id == ValueChainNode.id)
        & (NodeSummary.chain_id == ValueChainNode.chain_id),
    )


def _columns() -> Select[*tuple[Any, ...]]:
    return _joined(
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
            NodeSummary.best_rank,
            NodeSummary.open_findings,
            NodeSummary.overdue_actions,
            NodeSummary.questionnaire_status,
            _in_event().label("in_event"),
        )
    )


def _in_event() -> ColumnElement[bool]:
    return exists().where(
        ContextEventNode.node_id == ValueChainNode.id, ContextEventNode.left_at.is_(None)
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


def _conditions(chain_id: UUID, wanted: NodeFilter) -> list[ColumnElement[bool]] | None:
    """What the nodes of a list have in common; None when it is certain that there are none.

    Where few nodes of the map meet what was asked of name, tier and band, these are named, so
    that no list looks for them one by one. Many are met soon, in any order.
    """
    rest = list(_of_node(wanted))
    named = list(_of_name(wanted))
    summarised = list(_of_summary(wanted))
    meeting: Select[UUID] | CompoundSelect[UUID]
    whole = [ValueChainNode.chain_id == chain_id, NodeSummary.chain_id == chain_id]
    if named:
        of_map = select(ValueChainNode.id).where(ValueChainNode.chain_id == chain_id)
        # Each of them from its own index; together they would read every row.
        meeting = union(*(of_map.where(one) for one in named)).limit(FEW + 1)
    elif summarised:
        of_map = select(NodeSummary.node_id).where(NodeSummary.chain_id == chain_id)
        meeting = of_map.where(*summarised).limit(FEW + 1)
    else:
        return [*whole, *rest]
    few = db.session.scalars(meeting).all()
    if not few:
        return None
    if len(few) <= FEW:
        return [NodeSummary.node_id.in_(few), *summarised, *rest]
    return [*whole, *([or_(*named)] if named else []), *summarised, *rest]


def _of_node(wanted: NodeFilter) -> Iterator[ColumnElement[bool]]:
    archived = ValueChainNode.archived_at
    yield archived.is_not(None) if wanted.archived else archived.is_(None)
    if wanted.country:
        country = NO_COUNTRY if wanted.country == "none" else wanted.country
        yield ValueChainNode.country_order == country
    if wanted.kind is not None:
        yield ValueChainNode.kind == wanted.kind
    if wanted.sector:
        yield ValueChainNode.sector_ref == wanted.sector


def _of_name(wanted: NodeFilter) -> Iterator[ColumnElement[bool]]:
    """One of these is enough. The words as they stand, not what is like them (`node_search`): a
    filter leaves all rows that fit, in each order, and an index of likeness only the likest.
    """
    if wanted.q:
        yield ValueChainNode.name.icontains(wanted.q, autoescape=True)
        yield ValueChainNode.external_ref == wanted.q


def _of_summary(wanted: NodeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.tier is not None:
        yield NodeSummary.tier_order == wanted.tier
    if wanted.band == NOT_ASSESSED:
        yield NodeSummary.band.is_(None)
    elif wanted.band:
        yield NodeSummary.band == RiskBand(wanted.band)


def _count(conditions: Sequence[ColumnElement[bool]]) -> int:
    matching = _joined(select(ValueChainNode.id)).where(*conditions)
    capped = matching.limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def found_columns() -> Select[*tuple[Any, ...]]:
    """What a search tells of the standing nodes, by name."""
    return (
        select(
            ValueChainNode.id,
            ValueChainNode.name,
            ValueChainNode.kind,
            ValueChainNode.country,
            ValueChainNode.region,
            ValueChain.name.label("chain_name"),
            NodeSummary.band,
        )
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .where(ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.name, ValueChainNode.id)
    )


def list_names(chain_id: UUID, *, limit: int = 200) -> Sequence[str]:
    """Names of nodes of a map to suggest while typing."""
    return db.session.scalars(
        select(ValueChainNode.name)
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.name, ValueChainNode.id)
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class NodeState:
    """What other columns say of a node, as boxes of a drawing show it."""

    questionnaire_status: str | None
    overdue_actions: int


def load_states(keys: Sequence[UUID]) -> dict[UUID, NodeState]:
    """The state of each of these nodes; one statement."""
    rows = db.session.execute(
        select(
            NodeSummary.node_id, NodeSummary.questionnaire_status, NodeSummary.overdue_actions
        ).where(NodeSummary.node_id.in_(keys))
    )
    return {row.node_id: NodeState(row.questionnaire_status, row.overdue_actions) for row in rows}
