"""Sites and links of a map, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_row
from ddplatform.value_chain.mapping.models import NodeSummary, SupplyLink, ValueChainNode


@dataclass(frozen=True)
class NodeWithSummary:
    """A site with what lists show of it."""

    node: ValueChainNode
    summary: NodeSummary


@dataclass(frozen=True)
class NodesAsked:
    """Which sites of a map are asked for."""

    search: str = ""
    country: str = ""
    external_ref: str = ""
    with_archived: bool = False


_WITH_SUMMARY = select(ValueChainNode, NodeSummary).join(
    NodeSummary, NodeSummary.node_id == ValueChainNode.id
)


def list_nodes(
    chain_id: UUID, asked: NodesAsked, *, after: UUID | None, limit: int
) -> Sequence[NodeWithSummary]:
    """Sites of a map, by key."""
    statement = _WITH_SUMMARY.where(ValueChainNode.chain_id == chain_id)
    if asked.search:
        statement = statement.where(ValueChainNode.name.icontains(asked.search, autoescape=True))
    if asked.country:
        statement = statement.where(ValueChainNode.country == asked.country)
    if asked.external_ref:
        statement = statement.where(ValueChainNode.external_ref == asked.external_ref)
    if not asked.with_archived:
        statement = statement.where(ValueChainNode.archived_at.is_(None))
    if after is not None:
        statement = statement.where(ValueChainNode.id > after)
    rows = db.session.execute(statement.order_by(ValueChainNode.id).limit(limit))
    return [NodeWithSummary(*row) for row in rows]


def get_node_with_summary(node_id: UUID) -> NodeWithSummary:
    """A site, or NotFound."""
    return NodeWithSummary(*get_row(_WITH_SUMMARY.where(ValueChainNode.id == node_id)))


def list_links(chain_id: UUID, *, after: UUID | None, limit: int) -> Sequence[SupplyLink]:
    """Links of a map that are not archived, by key."""
    statement = select(SupplyLink).where(
        SupplyLink.chain_id == chain_id, SupplyLink.archived_at.is_(None)
    )
    if after is not None:
        statement = statement.where(SupplyLink.id > after)
    return db.session.scalars(statement.order_by(SupplyLink.id).limit(limit)).all()
