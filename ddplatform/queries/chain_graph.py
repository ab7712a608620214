"""A whole map as a columnar graph of the bedrock, read at the speed of the driver.

At 100,000 nodes and 300,000 links, making objects of keys, words and lists would take most of
the time: columns are read as the driver gives them and become arrays through small tables.
"""

import json
from collections.abc import Hashable, Mapping, Sequence
from itertools import compress, repeat
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, String, cast, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.bulk import many_objects
from ddplatform.db import db
from ddplatform.models.value_chain import SupplyLink, ValueChainNode
from supply_chain.chain_columns import (
    FLOWS,
    LINK_KINDS,
    NODE_KINDS,
    ORIGIN_UNKNOWN,
    LinkColumns,
    NodeColumns,
)
from supply_chain.graph import UNREACHED
from supply_chain.graph import ValueChain as Graph

Ints = NDArray[np.int64]

NOT_THERE = -1
UNKNOWN_SHARE = 2.0  # behind every share
_NODE_KIND = {kind.value: place for place, kind in enumerate(NODE_KINDS)}
_LINK_KIND = {kind.value: place for place, kind in enumerate(LINK_KINDS)}
_FLOW = {flow.value: place for place, flow in enumerate(FLOWS)}


def load_value_chain(chain_id: UUID) -> Graph:
    """A map without its archived parts as a columnar graph, in two statements.

    Node ids are the stable external ids, in their order.
    """
    return load_with_keys(chain_id)[0]


@many_objects()
def load_with_keys(chain_id: UUID) -> tuple[Graph, tuple[UUID, ...]]:
    """The same, with the key of the node in each row of the graph."""
    keys, ids, kind, country, sector, commodities, own, origin = _columns(
        select(
            _raw(ValueChainNode.id),
            ValueChainNode.external_ref,
            _raw(ValueChainNode.kind),
            ValueChainNode.country,
            ValueChainNode.sector_ref,
            cast(ValueChainNode.commodity_refs, String),
            ValueChainNode.own_operation,
            ValueChainNode.is_origin,
        )
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    )
    goods = {text: tuple(json.loads(text)) for text in set(commodities)}
    marks = {True: 1, False: 0, None: ORIGIN_UNKNOWN}
    nodes = NodeColumns(
        ids=ids,
        kind=_places(_NODE_KIND, kind).astype(np.int8),
        country=country,
        sector=sector,
        commodities=tuple(map(goods.__getitem__, commodities)),
        own_operation=np.array(own, dtype=np.bool_),
        origin=_places(marks, origin).astype(np.int8),
        closed=np.zeros(len(ids), dtype=np.bool_),
    )
    graph = Graph.build(nodes=nodes, links=_links(chain_id, _row_of(keys)))
    return graph, _uuids(keys)


@many_objects()
def load_tiers(chain_id: UUID) -> dict[UUID, int | None]:
    """Steps from the own business to each node without the archived ones; None: no path.

    Two statements, which read no more than a walk along the links needs.
    """
    keys, own = _columns(
        select(_raw(ValueChainNode.id), ValueChainNode.own_operation).where(
            ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None)
        )
    )
    buyers, suppliers = _columns(
        select(_raw(SupplyLink.buyer_id), _raw(SupplyLink.supplier_id)).where(
            SupplyLink.chain_id == chain_id, SupplyLink.archived_at.is_(None)
        )
    )
    row_of = _row_of(keys)
    buyer, supplier = _places(row_of, buyers), _places(row_of, suppliers)
    standing = (buyer != NOT_THERE) & (supplier != NOT_THERE)
    count = int(standing.sum())
    graph = Graph.build(
        nodes=NodeColumns.build(tuple(map(str, keys)), own_operation=own),
        links=LinkColumns(
            buyer=buyer[standing],
            supplier=supplier[standing],
            share=np.full(count, np.nan),
            flow=np.zeros(count, dtype=np.int8),
            kind=np.zeros(count, dtype=np.int8),
            commodity=(None,) * count,
        ),
    )
    return {
        key: None if tier == UNREACHED else tier
        for key, tier in zip(_uuids(keys), graph.tiers.tolist(), strict=True)
    }


def _links(chain_id: UUID, row_of: Mapping[Hashable, int]) -> LinkColumns:
    """Links between nodes of the graph, in order."""
    buyers, suppliers, shares, flows, kinds, commodities = _columns(
        select(
            _raw(SupplyLink.buyer_id),
            _raw(SupplyLink.supplier_id),
            SupplyLink.share,
            _raw(SupplyLink.flow_evidence),
            _raw(SupplyLink.kind),
            SupplyLink.commodity_ref,
        ).where(SupplyLink.chain_id == chain_id, SupplyLink.archived_at.is_(None))
    )
    buyer, supplier = _places(row_of, buyers), _places(row_of, suppliers)
    standing = (buyer != NOT_THERE) & (supplier != NOT_THERE)
    return in_order(
        LinkColumns(
            buyer=buyer[standing],
            supplier=supplier[standing],
            share=np.array(shares, dtype=np.float64)[standing],  # None becomes NaN
            flow=_places(_FLOW, flows)[standing].astype(np.int8),
            kind=_places(_LINK_KIND, kinds)[standing].astype(np.int8),
            commodity=tuple(compress(commodities, standing.tolist())),
        )
    )


def in_order(links: LinkColumns) -> LinkColumns:
    """Links by buyer and supplier; parallel ones by what they say."""
    names = sorted(set(links.commodity), key=lambda name: name or "")  # None before every name
    commodity = _places({name: place for place, name in enumerate(names)}, links.commodity)
    share = np.nan_to_num(links.share, nan=UNKNOWN_SHARE)
    order = np.lexsort((share, links.flow, commodity, links.kind, links.supplier, links.buyer))
    return LinkColumns(
        buyer=links.buyer[order],
        supplier=links.supplier[order],
        share=links.share[order],
        flow=links.flow[order],
        kind=links.kind[order],
        commodity=tuple(map(names.__getitem__, commodity[order].tolist())),
    )


def _columns(statement: Select[*tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    """The answer of a statement column by column."""
    rows = db.session.execute(statement).all()
    count = len(statement.selected_columns)
    return tuple(zip(*rows, strict=True)) if rows else ((),) * count


def _raw(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it."""
    return type_coerce(column, String)


def _row_of(keys: Sequence[Hashable]) -> Mapping[Hashable, int]:
    return {key: row for row, key in enumerate(keys)}


def _places(place_of: Mapping[Any, int], values: Sequence[Hashable]) -> Ints:
    """The place of each value, -1 for one that is not in the table."""
    found = map(place_of.get, values, repeat(NOT_THERE))
    return np.fromiter(found, dtype=np.int64, count=len(values))


def _uuids(keys: Sequence[Any]) -> tuple[UUID, ...]:
    """PostgreSQL's driver gives keys as they are, SQLite's as text."""
    return tuple(key if isinstance(key, UUID) else UUID(key) for key in keys)
