"""Distance of nodes from the own business: from summaries, and by their nearest buyers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import NodeSummary, SupplyLink, ValueChainNode

Tiers = Mapping[UUID, int | None]


def count_nodes(chain_id: UUID, *, cap: int) -> int:
    """The number of nodes of a map, including archived ones; `cap` + 1 means more than that."""
    counted = (
        select(ValueChainNode.id)
        .where(ValueChainNode.chain_id == chain_id)
        .limit(cap + 1)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(counted)) or 0


def load_stored_tiers(which: ColumnElement[bool]) -> Tiers:
    """The tier in each of some summaries, by node."""
    rows = db.session.execute(select(NodeSummary.node_id, NodeSummary.tier).where(which)).all()
    return {node_id: tier for node_id, tier in rows}


def load_tiers_by_buyers(chain_id: UUID, nodes: Sequence[UUID]) -> Tiers:
    """One step behind the nearest buyer, as its own tier is known; archived nodes are left out."""
    standing = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.own_operation).where(
            ValueChainNode.id.in_(nodes), ValueChainNode.archived_at.is_(None)
        )
    ).all()
    nearest = db.session.execute(
        select(SupplyLink.supplier_id, func.min(NodeSummary.tier).label("tier"))
        .join(NodeSummary, NodeSummary.node_id == SupplyLink.buyer_id)
        .where(
            SupplyLink.chain_id == chain_id,
            SupplyLink.supplier_id.in_(nodes),
            SupplyLink.buyer_id != SupplyLink.supplier_id,
            SupplyLink.archived_at.is_(None),
        )
        .group_by(SupplyLink.supplier_id)
    ).all()
    behind = {row.supplier_id: row.tier + 1 for row in nearest if row.tier is not None}
    return {row.id: 0 if row.own_operation else behind.get(row.id) for row in standing}
