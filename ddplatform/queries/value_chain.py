"""Maps, their nodes and links, one at a time; and a whole map as a graph of the bedrock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, String, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ddplatform.db import db
from ddplatform.errors import NotFound
from ddplatform.models.value_chain import NodeSummary, SupplyLink, ValueChain, ValueChainNode
from supply_chain.chain_columns import FLOWS, LINK_KINDS, LinkColumns, NodeColumns
from supply_chain.graph import ValueChain as Graph
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind, RiskBand

LINKS_SHOWN = 200


@dataclass(frozen=True)
class ChainRow:
    """A map as the list of maps shows it."""

    id: UUID
    name: str
    description: str
    version: int
    nodes: int
    links: int


@dataclass(frozen=True)
class LinkRow:
    """A link as seen from one of its ends; `node_*` is the other end."""

    id: UUID
    node_id: UUID
    node_name: str
    node_country: str | None
    node_band: RiskBand | None
    kind: LinkKind
    commodity_ref: str | None
    share: float | None
    flow_evidence: FlowEvidence


@dataclass(frozen=True)
class NodeLinks:
    """The links of a node up and down, the heaviest first, and how many there are in all."""

    suppliers: Sequence[LinkRow]
    buyers: Sequence[LinkRow]
    suppliers_total: int
    buyers_total: int


def list_chains() -> Sequence[ChainRow]:
    """All maps of the acting organisation with their sizes, by name."""
    nodes = (
        select(ValueChainNode.chain_id, func.count().label("n"))
        .where(ValueChainNode.archived_at.is_(None))
        .group_by(ValueChainNode.chain_id)
    )
    links = (
        select(SupplyLink.chain_id, func.count().label("n"))
        .where(SupplyLink.archived_at.is_(None))
        .group_by(SupplyLink.chain_id)
    )
    node_counts = {chain: count for chain, count in db.session.execute(nodes).all()}
    link_counts = {chain: count for chain, count in db.session.execute(links).all()}
    rows = db.session.execute(
        select(ValueChain.id, ValueChain.name, ValueChain.description, ValueChain.version).order_by(
            ValueChain.name, ValueChain.id
        )
    ).all()
    return [
        ChainRow(*row, nodes=node_counts.get(row.id, 0), links=link_counts.get(row.id, 0))
        for row in rows
    ]


def get_chain(chain_id: UUID) -> ValueChain:
    """A map, or NotFound."""
    chain = db.session.scalar(select(ValueChain).where(ValueChain.id == chain_id))
    if chain is None:
        raise NotFound()
    return chain


def get_chain_for_change(chain_id: UUID) -> ValueChain:
    """The same, held until the end of the unit of work, so that changes come one by one."""
    chain = db.session.scalar(select(ValueChain).where(ValueChain.id == chain_id).with_for_update())
    if chain is None:
        raise NotFound()
    return chain


def find_chain(name: str) -> ValueChain | None:
    """A map by its name or by the word in its address."""
    return db.session.scalar(
        select(ValueChain)
        .where(or_(ValueChain.name == name, ValueChain.slug == name))
        .order_by(ValueChain.id)
        .limit(1)
    )


def is_slug_taken(slug: str) -> bool:
    """Whether a map of the acting organisation has this word in its address."""
    return db.session.scalar(select(ValueChain.id).where(ValueChain.slug == slug)) is not None


def get_node(node_id: UUID) -> ValueChainNode:
    """A node, archived ones too, or NotFound."""
    node = db.session.scalar(select(ValueChainNode).where(ValueChainNode.id == node_id))
    if node is None:
        raise NotFound()
    return node


def get_node_by_ref(chain_id: UUID, external_ref: str) -> ValueChainNode | None:
    """A node of a map by its stable external id, archived ones too."""
    return db.session.scalar(
        select(ValueChainNode).where(
            ValueChainNode.chain_id == chain_id, ValueChainNode.external_ref == external_ref
        )
    )


def find_own_business(chain_id: UUID) -> ValueChainNode | None:
    """The organisation's own business in a map; of several the first by external id."""
    return db.session.scalar(
        select(ValueChainNode)
        .where(
            ValueChainNode.chain_id == chain_id,
            ValueChainNode.own_operation.is_(True),
            ValueChainNode.archived_at.is_(None),
        )
        .order_by(ValueChainNode.external_ref)
        .limit(1)
    )


def get_summary(node_id: UUID) -> NodeSummary | None:
    """What the last run and the other columns say of a node; None before the first refresh."""
    return db.session.scalar(select(NodeSummary).where(NodeSummary.node_id == node_id))


def get_link(link_id: UUID) -> SupplyLink:
    """A link, archived ones too, or NotFound."""
    link = db.session.scalar(select(SupplyLink).where(SupplyLink.id == link_id))
    if link is None:
        raise NotFound()
    return link


def list_links_of(node_id: UUID) -> NodeLinks:
    """Who supplies a node and whom it supplies, at most 200 each way, heaviest first."""
    suppliers, suppliers_total = _side(node_id, up=True)
    buyers, buyers_total = _side(node_id, up=False)
    return NodeLinks(suppliers, buyers, suppliers_total, buyers_total)


def _side(node_id: UUID, *, up: bool) -> tuple[Sequence[LinkRow], int]:
    here = SupplyLink.buyer_id if up else SupplyLink.supplier_id
    there = SupplyLink.supplier_id if up else SupplyLink.buyer_id
    other, summary = aliased(ValueChainNode), aliased(NodeSummary)
    rows = db.session.execute(
        select(
            SupplyLink.id,
            other.id.label("node_id"),
            other.name.label("node_name"),
            other.country.label("node_country"),
            summary.band.label("node_band"),
            SupplyLink.kind,
            SupplyLink.commodity_ref,
            SupplyLink.share,
            SupplyLink.flow_evidence,
        )
        .join(other, other.id == there)
        .outerjoin(summary, summary.node_id == other.id)
        .where(here == node_id, SupplyLink.archived_at.is_(None))
        .order_by(func.coalesce(SupplyLink.share, -1).desc(), other.name, SupplyLink.id)
        .limit(LINKS_SHOWN)
    ).all()
    if len(rows) < LINKS_SHOWN:
        return [LinkRow(**row._mapping) for row in rows], len(rows)
    counted = select(func.count()).select_from(SupplyLink)
    total = db.session.scalar(counted.where(here == node_id, SupplyLink.archived_at.is_(None)))
    return [LinkRow(**row._mapping) for row in rows], total or len(rows)


def load_value_chain(chain_id: UUID) -> Graph:
    """A map without its archived parts as a columnar graph, in two statements.

    Node ids are the stable external ids, in their order.
    """
    return load_with_keys(chain_id)[0]


def load_with_keys(chain_id: UUID) -> tuple[Graph, tuple[UUID, ...]]:
    """The same, with the key of the node in each row of the graph."""
    rows = db.session.execute(
        select(
            _raw(ValueChainNode.id),
            ValueChainNode.external_ref,
            _raw(ValueChainNode.kind),
            ValueChainNode.country,
            ValueChainNode.sector_ref,
            ValueChainNode.commodity_refs,
            ValueChainNode.own_operation,
            ValueChainNode.is_origin,
        )
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    ).all()
    keys, ids, kind, country, sector, commodities, own, origin = (
        zip(*rows, strict=True) if rows else ((),) * 8
    )
    nodes = NodeColumns.build(
        ids,
        kind=[_NODE_KIND[word] for word in kind],
        country=country,
        sector=sector,
        commodities=commodities,
        own_operation=own,
        origin=origin,
    )
    row_of = {key: row for row, key in enumerate(keys)}
    graph = Graph.build(nodes=nodes, links=_link_columns(chain_id, row_of))
    return graph, tuple(key if isinstance(key, UUID) else UUID(key) for key in keys)


def _raw(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: of 300,000 links, making objects of keys and words
    would take most of the time."""
    return type_coerce(column, String)


_NODE_KIND = {kind.value: kind for kind in NodeKind}
_LINK_PLACE = {kind.value: place for place, kind in enumerate(LINK_KINDS)}
_FLOW_PLACE = {flow.value: place for place, flow in enumerate(FLOWS)}


def _link_columns(chain_id: UUID, row_of: Mapping[Any, int]) -> LinkColumns:
    """Links between nodes of the graph, by buyer and supplier; parallel ones by what they say."""
    rows = db.session.execute(
        select(
            _raw(SupplyLink.buyer_id),
            _raw(SupplyLink.supplier_id),
            SupplyLink.share,
            _raw(SupplyLink.flow_evidence),
            _raw(SupplyLink.kind),
            SupplyLink.commodity_ref,
        ).where(SupplyLink.chain_id == chain_id, SupplyLink.archived_at.is_(None))
    )
    known = [
        (row_of[buyer], row_of[supplier], share, _FLOW_PLACE[flow], _LINK_PLACE[kind], commodity)
        for buyer, supplier, share, flow, kind, commodity in rows
        if buyer in row_of and supplier in row_of
    ]
    # None stands behind every share and before every commodity.
    known.sort(key=lambda k: (*k[:2], k[4], k[5] or "", k[3], 2.0 if k[2] is None else k[2]))
    buyer, supplier, share, flow, kind, commodity = zip(*known, strict=True) if known else ((),) * 6
    return LinkColumns(
        buyer=np.array(buyer, dtype=np.int64),
        supplier=np.array(supplier, dtype=np.int64),
        share=np.array([np.nan if part is None else part for part in share], dtype=np.float64),
        flow=np.array(flow, dtype=np.int8),
        kind=np.array(kind, dtype=np.int8),
        commodity=commodity,
    )
