"""A map in memory for drawing: kept by version, so that a picture never counts 100,000 rows.

A snapshot is a cache of this process. The version of the map and its newest assessment run are
part of the key, so it never shows an older state than the database.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from ddplatform.bulk import many_objects
from ddplatform.db import db
from ddplatform.models.value_chain import NodeSummary, ValueChain, ValueChainNode
from ddplatform.queries.chain_graph import load_with_keys
from ddplatform.queries.node_lists import NO_RANK
from ddplatform.queries.risk_scores import load_register
from supply_chain.graph import UNREACHED
from supply_chain.graph import ValueChain as Graph
from supply_chain.reference import load_reference
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.unknown_origins import with_unknown_origins
from supply_chain.vocabulary import Issue, RiskBand

KEPT = 6
LAST_LANE = 30
BANDS = (RiskBand.CRITICAL, RiskBand.HIGH, RiskBand.MEDIUM, RiskBand.LOW, None)
"""Worst first; the order of `mix` in drawings."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class MapSnapshot:
    """One map; every column has one entry a node, in the order of external ids."""

    graph: Graph
    keys: tuple[UUID, ...]
    names: tuple[str, ...]
    regions: tuple[str | None, ...]
    band: NDArray[np.int8]  # position in BANDS; 4 not assessed
    rank: Ints  # salience rank of its first issue; NO_RANK where there is none
    lane: Ints  # 0 own business, 1 its suppliers...; negative downstream; `unlinked` no path
    missing: NDArray[np.float64]  # share of input of unknown origin; NaN none, inf not known
    unlinked: int  # lane of the nodes without a path to the own business
    has_own_business: bool
    row_of: dict[UUID, int]
    countries: tuple[str, ...]  # codes in their order; empty for "not known"
    country: Ints  # position in `countries`


_cache: OrderedDict[tuple[UUID, int, UUID | None], MapSnapshot] = OrderedDict()
_bands: OrderedDict[tuple[UUID, int, Issue], NDArray[np.int8]] = OrderedDict()
_lock = Lock()


def load_snapshot(chain: ValueChain) -> MapSnapshot:
    """The map as it stands; three statements the first time after a change, none later.

    Call it in units of work that only read: what is not committed must not be kept.
    """
    key = (chain.id, chain.version, chain.current_run_id)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = _load(chain.id)
    with _lock:
        _cache[key] = made
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return made


def coloured_by(snapshot: MapSnapshot, chain: ValueChain, issue: Issue | None) -> MapSnapshot:
    """The same map with the bands of one issue; None keeps the highest over all issues."""
    if issue is None or chain.current_run_id is None:
        return snapshot
    key = (chain.current_run_id, chain.version, issue)
    with _lock:
        bands = _bands.get(key)
    if bands is None:
        found, unknown = _load_bands(chain.current_run_id, issue), len(BANDS) - 1
        bands = np.array([found.get(node_id, unknown) for node_id in snapshot.keys], np.int8)
        with _lock:
            _bands[key] = bands
            while len(_bands) > KEPT:
                _bands.popitem(last=False)
    return replace(snapshot, band=bands)


@many_objects()
def _load_bands(run_id: UUID, issue: Issue) -> dict[UUID, int]:
    register = load_register(run_id)
    places = [BANDS.index(band) for band in (*RISK_BANDS, None)]  # -1, not scored, is the last
    bands = np.array(places, dtype=np.int8)[register.bands_of(issue)]
    return dict(zip(register.keys(), bands.tolist(), strict=False))


@many_objects()
def _load(chain_id: UUID) -> MapSnapshot:
    graph, keys = load_with_keys(chain_id)
    rows = db.session.execute(
        select(ValueChainNode.name, ValueChainNode.region, NodeSummary.band, NodeSummary.best_rank)
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    ).all()
    lane, unlinked = _lanes(graph)
    codes = np.array([code or "" for code in graph.nodes.country], dtype=np.str_)
    countries, country = np.unique(codes, return_inverse=True)
    return MapSnapshot(
        graph=graph,
        keys=keys,
        names=tuple(row.name for row in rows),
        regions=tuple(row.region for row in rows),
        band=np.array([BANDS.index(row.band) for row in rows], dtype=np.int8),
        rank=np.array(
            [NO_RANK if row.best_rank is None else row.best_rank for row in rows], dtype=np.int64
        ),
        lane=lane,
        missing=_missing(graph),
        unlinked=unlinked,
        has_own_business=bool(graph.nodes.own_operation.any()),
        row_of={key: row for row, key in enumerate(keys)},
        countries=tuple(countries.tolist()),
        country=country,
    )


def _lanes(graph: Graph) -> tuple[Ints, int]:
    """Lane of each node, and the lane of those without a path.

    Without an own business the buyers at the end of the chain stand in its place.
    """
    rooted = graph
    if not graph.nodes.own_operation.any():
        degree = np.diff(graph.buyers.starts), np.diff(graph.suppliers.starts)
        ends = (degree[0] == 0) & (degree[1] > 0)
        nodes = replace(graph.nodes, own_operation=ends)
        rooted = Graph(nodes, graph.links, graph.suppliers, graph.buyers)
    up = np.minimum(rooted.tiers, LAST_LANE)
    turned = Graph(rooted.nodes, rooted.links, rooted.buyers, rooted.suppliers)
    down = np.minimum(turned.tiers, LAST_LANE)
    unlinked = int(up.max(initial=0)) + 2  # one lane is left for what is behind the last tier
    lane = np.where(up != UNREACHED, up, np.where(down > 0, -down, unlinked))
    return lane.astype(np.int64), unlinked


def _missing(graph: Graph) -> NDArray[np.float64]:
    """Share of each node's input whose origin is not known (RM-1.0 11.3)."""
    primary = frozenset(
        ref for ref, sector in load_reference().sectors.items() if sector.is_primary_production
    )
    whole = with_unknown_origins(graph, primary_sectors=primary)
    missing = np.full(len(graph), np.nan)
    first = len(graph.links)
    share = whole.links.share[first:]
    missing[whole.links.buyer[first:]] = np.where(np.isnan(share), np.inf, share)
    return missing
