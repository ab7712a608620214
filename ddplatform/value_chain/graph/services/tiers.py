"""How far each node stands from the own business: kept in the summaries, for lists and maps."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.value_chain.graph.queries.graph import load_tiers
from ddplatform.value_chain.mapping.models import (
    NodeSummary,
    SupplyLink,
    ValueChain,
    ValueChainNode,
)

CHUNK = 500
WHOLE_MAP = 2_000
"""Nodes up to which a change by hand brings the tiers of the whole map up to date at once."""

Tiers = Mapping[UUID, int | None]


def refresh_tiers(chain: ValueChain) -> None:
    """Bring the tier of every node of a map up to date; a missing summary row is made.

    Everything else in the summaries stays as it is.
    """
    db.session.flush()  # the links just changed decide the tiers
    _write(chain.id, _kept(NodeSummary.chain_id == chain.id), load_tiers(chain.id))


def refresh_tiers_near(chain: ValueChain, touched: Sequence[UUID]) -> None:
    """The same after a change by hand, in a time that does not grow with the map.

    In a small map every tier is right at once. In a large one the nodes that were touched are:
    one step behind their nearest buyer. What follows for those behind them comes with the
    assessment that every change of a map asks for, which writes all tiers anew.

    Args:
        touched: nodes that are new or changed, and suppliers of links that are.
    """
    db.session.flush()  # the links just changed decide the tiers
    if not _is_large(chain.id):
        refresh_tiers(chain)
        return
    for part in _parts(touched):
        _write(chain.id, _kept(NodeSummary.node_id.in_(part)), _tiers_of(chain.id, part))


def _is_large(chain_id: UUID) -> bool:
    counted = (
        select(ValueChainNode.id)
        .where(ValueChainNode.chain_id == chain_id)
        .limit(WHOLE_MAP + 1)
        .subquery()
    )
    return (db.session.scalar(select(func.count()).select_from(counted)) or 0) > WHOLE_MAP


def _kept(condition: ColumnElement[bool]) -> Tiers:
    rows = db.session.execute(select(NodeSummary.node_id, NodeSummary.tier).where(condition)).all()
    return {node_id: tier for node_id, tier in rows}


def _tiers_of(chain_id: UUID, nodes: Sequence[UUID]) -> Tiers:
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


def _write(chain_id: UUID, kept: Tiers, wanted: Tiers) -> None:
    moved: dict[int | None, list[UUID]] = defaultdict(list)
    for key, tier in wanted.items():
        if key in kept and kept[key] != tier:
            moved[tier].append(key)
    for tier, keys in moved.items():
        for part in _parts(keys):
            db.session.execute(
                update(NodeSummary)
                .where(NodeSummary.node_id.in_(part))
                .values(tier=tier)
                .execution_options(synchronize_session=False)
            )
    missing = [key for key in wanted if key not in kept]
    insert_rows(
        NodeSummary,
        [
            {
                "id": row_id,
                "node_id": key,
                "chain_id": chain_id,
                "tier": wanted[key],
                "open_findings": 0,
                "overdue_actions": 0,
            }
            for key, row_id in zip(missing, rising_keys(len(missing)), strict=True)
        ],
    )


def _parts(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))
