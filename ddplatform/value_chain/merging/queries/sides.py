"""Records attached to each of two nodes that may be one supplier, for comparison by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.merging.queries.references import REFERENCES


@dataclass(frozen=True)
class ComparedNode:
    """A node with the records that a merge would move."""

    node: ValueChainNode
    operator: str | None
    suppliers: int
    buyers: int
    rows: Mapping[str, int]
    """The other records that a merge would move, by name."""


def load_sides(nodes: Sequence[UUID]) -> list[ComparedNode]:
    """Some nodes in the order given, with counts of what hangs on them. Cases are never counted."""
    standing = SupplyLink.archived_at.is_(None)
    suppliers = _counts(SupplyLink.buyer_id, nodes, standing)
    buyers = _counts(SupplyLink.supplier_id, nodes, standing)
    rows = {one.counted_as: _counts(one.column, nodes) for one in REFERENCES if one.counted_as}
    found = [get_node(key) for key in nodes]
    return [
        ComparedNode(
            node=node,
            operator=get_node(node.operated_by_id).name if node.operated_by_id else None,
            suppliers=suppliers.get(node.id, 0),
            buyers=buyers.get(node.id, 0),
            rows={name: counts.get(node.id, 0) for name, counts in rows.items()},
        )
        for node in found
    ]


def _counts(column: Any, nodes: Sequence[UUID], *more: Any) -> Mapping[UUID, int]:
    rows = db.session.execute(
        select(column, func.count()).where(column.in_(nodes), *more).group_by(column)
    ).all()
    return {key: count for key, count in rows}
