"""Whole map as a columnar graph of the core, read at the speed of the driver.

At 100,000 nodes and 300,000 links, making objects of rows, keys and words would take most of the
time. Rows bypass the ORM, some thousand at a time, and become arrays at once; the ends of a link
and its kind are in one text of hexadecimal digits, so that a block of links is one run of bytes,
and the ends are looked up all together.
"""

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, compress, repeat
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, String, case, cast, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from supply_chain.graph.columns import (
    FLOWS,
    LINK_KINDS,
    NODE_KINDS,
    ORIGIN_UNKNOWN,
    LinkColumns,
    NodeColumns,
)
from supply_chain.graph.graph import UNREACHED
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.graph.stored_columns import KeyColumn, rows_of

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Block = tuple[tuple[Any, ...], ...]  # some rows, column by column

ROWS = 10_000  # rows of the driver at a time: their objects are used again while near
NOT_THERE = -1
UNKNOWN_SHARE = 2.0  # behind every share
KEY = 16  # bytes
_NODE_KIND = {kind.value: place for place, kind in enumerate(NODE_KINDS)}


def load_value_chain(chain_id: UUID) -> Graph:
    """A map without its archived parts as a columnar graph, in two statements.

    Node ids are the stable external ids, in their order.
    """
    return load_with_keys(chain_id)[0]


@many_objects()
def load_with_keys(chain_id: UUID) -> tuple[Graph, KeyColumn]:
    """The same, with the key of the node in each row of the graph."""
    digits, ids, kind, country, sector, commodities, own, origin = _columns(
        _nodes(
            chain_id,
            _digits(ValueChainNode.id),
            ValueChainNode.external_ref,
            _raw(ValueChainNode.kind),
            ValueChainNode.country,
            ValueChainNode.sector_ref,
            cast(ValueChainNode.commodity_refs, String),
            ValueChainNode.own_operation,
            ValueChainNode.is_origin,
        ).order_by(ValueChainNode.external_ref)
    )
    keys = _keys(_bytes(digits, KEY))
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
    return Graph.build(nodes=nodes, links=_links(chain_id, keys)), keys


@many_objects()
def load_tiers(chain_id: UUID) -> dict[UUID, int | None]:
    """Steps from the own business to each node without the archived ones; None: no path.

    Two statements, which read no more than a walk along the links needs.
    """
    digits, own = _columns(
        _nodes(chain_id, _digits(ValueChainNode.id), ValueChainNode.own_operation)
    )
    keys = _keys(_bytes(digits, KEY))
    (ends,) = _columns(
        _standing(chain_id, _digits(SupplyLink.buyer_id) + _digits(SupplyLink.supplier_id))
    )
    buyer, supplier = _rows_of_ends(_bytes(ends, 2 * KEY), keys)
    standing = (buyer != NOT_THERE) & (supplier != NOT_THERE)
    count = int(standing.sum())
    graph = Graph.build(
        nodes=NodeColumns.build(digits, own_operation=own),
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
        for key, tier in zip(keys, graph.tiers.tolist(), strict=True)
    }


def _links(chain_id: UUID, keys: KeyColumn) -> LinkColumns:
    """Links between nodes of the graph, in order."""
    content, share, commodity = _read_links(chain_id)
    buyer, supplier = _rows_of_ends(content, keys)
    flow, kind = content[:, 2 * KEY] >> 4, content[:, 2 * KEY] & 15
    standing = (buyer != NOT_THERE) & (supplier != NOT_THERE)
    return in_order(
        LinkColumns(
            buyer=buyer[standing],
            supplier=supplier[standing],
            share=share[standing],
            flow=flow[standing].astype(np.int8),
            kind=kind[standing].astype(np.int8),
            commodity=tuple(compress(commodity, standing.tolist())),
        )
    )


def in_order(links: LinkColumns) -> LinkColumns:
    """Links by buyer and supplier; parallel ones by what they say."""
    pair = links.buyer * (links.supplier.max(initial=0) + 1) + links.supplier
    order = np.argsort(pair)
    if (np.diff(pair[order]) == 0).any():
        names = sorted(set(links.commodity), key=lambda name: name or "")  # None before every name
        commodity = _places({name: place for place, name in enumerate(names)}, links.commodity)
        share = np.nan_to_num(links.share, nan=UNKNOWN_SHARE)
        order = np.lexsort((share, links.flow, commodity, links.kind, pair))
    return LinkColumns(
        buyer=links.buyer[order],
        supplier=links.supplier[order],
        share=links.share[order],
        flow=links.flow[order],
        kind=links.kind[order],
        commodity=tuple(map(links.commodity.__getitem__, order.tolist())),
    )


def _read_links(chain_id: UUID) -> tuple[Bytes, NDArray[np.float64], list[str | None]]:
    """Of each link its ends and what it is (33 bytes), its share and its commodity."""
    width = 2 * KEY + 1
    statement = _standing(
        chain_id,
        _digits(SupplyLink.buyer_id)
        + _digits(SupplyLink.supplier_id)
        + _digit(SupplyLink.flow_evidence, FLOWS)
        + _digit(SupplyLink.kind, LINK_KINDS),
        SupplyLink.share,
        SupplyLink.commodity_ref,
    )
    content, share = [_bytes((), width)], [np.empty(0)]
    commodity: list[str | None] = []
    once: dict[str | None, str | None] = {}  # so that a name is one text, not one a link
    for digits, shares, commodities in _blocks(statement):
        content.append(_bytes(digits, width))
        share.append(np.array(shares, dtype=np.float64))  # None becomes NaN
        for name in set(commodities):
            once.setdefault(name, name)
        commodity.extend(map(once.__getitem__, commodities))
    return np.concatenate(content), np.concatenate(share), commodity


def _nodes(chain_id: UUID, *columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).where(
        ValueChainNode.visible_to(current_organisation()),
        ValueChainNode.chain_id == chain_id,
        ValueChainNode.archived_at.is_(None),
    )


def _standing(chain_id: UUID, *columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).where(
        SupplyLink.visible_to(current_organisation()),
        SupplyLink.chain_id == chain_id,
        SupplyLink.archived_at.is_(None),
    )


def _blocks(statement: Select[*tuple[Any, ...]]) -> Iterator[Block]:
    """The answer of a statement column by column, some rows at a time.

    It goes past the ORM, which would double the time, so the statement carries the criterion of
    the tenant itself; the check at the cursor refuses it otherwise.
    """
    found = db.session.connection().execute(statement, execution_options={"yield_per": ROWS})
    for rows in found.partitions():
        yield tuple(zip(*rows, strict=True))


def _columns(statement: Select[*tuple[Any, ...]]) -> Block:
    """The whole answer of a statement column by column."""
    blocks = list(_blocks(statement))
    if not blocks:
        return ((),) * len(statement.selected_columns)
    return tuple(tuple(chain.from_iterable(parts)) for parts in zip(*blocks, strict=True))


def _raw(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it."""
    return type_coerce(column, String)


def _digits(key: InstrumentedAttribute[UUID]) -> ColumnElement[str]:
    """A key as hexadecimal digits; PostgreSQL puts dashes between."""
    return cast(key, String)


def _digit(column: InstrumentedAttribute[Any], words: Sequence[StrEnum]) -> ColumnElement[str]:
    """The place of a word as one hexadecimal digit."""
    return case({word.value: f"{at:x}" for at, word in enumerate(words)}, value=_raw(column))


def _bytes(digits: Sequence[str], width: int) -> Bytes:
    """Rows of hexadecimal digits as (rows, width) bytes."""
    content = bytes.fromhex("".join(digits).replace("-", ""))
    return np.frombuffer(content, dtype=np.uint8).reshape(-1, width)


def _keys(content: Bytes) -> KeyColumn:
    """Keys from (rows, 16) bytes."""
    return KeyColumn(content.reshape(-1).view(">u8").astype(np.uint64).reshape(-1, 2))


def _rows_of_ends(content: Bytes, keys: KeyColumn) -> tuple[Ints, Ints]:
    """The rows of buyers and suppliers, whose keys begin each row of `content`."""
    ends = np.ascontiguousarray(content[:, : 2 * KEY])
    rows = rows_of(keys.halves, _keys(ends).halves).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def _places(place_of: Mapping[Any, int], values: Sequence[Hashable]) -> Ints:
    """The place of each value, -1 for one that is not in the table."""
    found = map(place_of.get, values, repeat(NOT_THERE))
    return np.fromiter(found, dtype=np.int64, count=len(values))
