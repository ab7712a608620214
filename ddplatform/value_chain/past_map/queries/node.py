"""Node on a past day with its links, in the words of the day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.changes.queries.days import load_links_of, tracked
from ddplatform.value_chain.history.queries.past import Past
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import LINKS_SHOWN, LinkRow


@dataclass(frozen=True)
class PastNode:
    """A node on a day; its links the heaviest first, at most 200 each way."""

    told: Any
    """The columns of the node as they stood; None where it was not in the map."""
    operator: str | None
    suppliers: Sequence[LinkRow]
    buyers: Sequence[LinkRow]
    suppliers_total: int
    buyers_total: int


def load_past_node(node: ValueChainNode, past: Past) -> PastNode:
    """A node on a day; the statements do not grow with it or with the map."""
    row = db.session.execute(tracked(ValueChainNode).where(ValueChainNode.id == node.id)).one()
    told = past.told(ValueChainNode, row)
    if told is None:
        return PastNode(None, None, (), (), 0, 0)
    links = list(_links(node, past))
    ends = {end for link in links for end in (link.supplier_id, link.buyer_id)}
    others = _nodes(node.chain_id, ends | {told.operated_by_id}, past)
    suppliers = [_seen(one, others[one.supplier_id]) for one in links if _sells(one, node, others)]
    buyers = [_seen(one, others[one.buyer_id]) for one in links if _buys(one, node, others)]
    operator = others.get(told.operated_by_id)
    return PastNode(
        told=told,
        operator=operator.name if operator else None,
        suppliers=_heaviest(suppliers),
        buyers=_heaviest(buyers),
        suppliers_total=len(suppliers),
        buyers_total=len(buyers),
    )


def _links(node: ValueChainNode, past: Past) -> Iterator[Any]:
    """Its links of today, and those that a merge took to another node since."""
    moved = [
        key
        for key, said in past.words[SupplyLink].items()
        if node.id in (said.get("supplier_id"), said.get("buyer_id"))
    ]
    back = db.session.execute(tracked(SupplyLink).where(among(SupplyLink.id, moved)))
    rows = {row.id: row for row in (*load_links_of(node), *back)}
    return past.stood(SupplyLink, rows.values())


def _nodes(chain_id: UUID, wanted: set[UUID | None], past: Past) -> dict[UUID | None, Any]:
    """Nodes that stood on the day, by key."""
    keys = [key for key in wanted if key is not None]
    rows = db.session.execute(
        select(
            ValueChainNode.id,
            ValueChainNode.name,
            ValueChainNode.country,
            ValueChainNode.created_at,
            ValueChainNode.archived_at,
        ).where(ValueChainNode.chain_id == chain_id, among(ValueChainNode.id, keys))
    )
    return {told.id: told for told in past.stood(ValueChainNode, rows)}


def _sells(link: Any, node: ValueChainNode, others: dict[UUID | None, Any]) -> bool:
    return link.buyer_id == node.id and link.supplier_id in others


def _buys(link: Any, node: ValueChainNode, others: dict[UUID | None, Any]) -> bool:
    return link.supplier_id == node.id and link.buyer_id in others


def _seen(link: Any, other: Any) -> LinkRow:
    return LinkRow(
        id=link.id,
        node_id=other.id,
        node_name=other.name,
        node_country=other.country,
        node_band=None,
        kind=link.kind,
        commodity_ref=link.commodity_ref,
        share=link.share,
        flow_evidence=link.flow_evidence,
    )


def _heaviest(links: Sequence[LinkRow]) -> Sequence[LinkRow]:
    order = sorted(links, key=lambda one: (-(one.share or 0.0), one.node_name, one.id))
    return order[:LINKS_SHOWN]
