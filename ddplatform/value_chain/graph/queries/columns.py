"""Columns of a snapshot of a map: read from the database once, then plain arrays."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from ddplatform.infrastructure.adapters.snapshot_files import Snapshot
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.graph.queries.graph import in_order, load_with_keys
from ddplatform.value_chain.history.queries.past import Past
from ddplatform.value_chain.mapping.models import NO_RANK, ValueChain, ValueChainNode
from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import UNREACHED
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.graph.stored_chain import arrays_of
from supply_chain.graph.stored_columns import CodedColumn, KeyColumn, RowOfKey, TextColumn
from supply_chain.reference.release import load_reference
from supply_chain.risk.register import Register
from supply_chain.risk.rm2.map_assessment import PARAMETERS_SHA256, plan_of, with_origins
from supply_chain.risk.rm2.method import METHOD_VERSION, Floats, Ints
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.vocabulary import Issue, RiskBand

LAST_LANE = 30
BANDS = (RiskBand.CRITICAL, RiskBand.HIGH, RiskBand.MEDIUM, RiskBand.LOW, None)
"""Worst first; the order of `mix` in drawings."""
TRIES = 3
PLAN = "plan_"
COLUMNS = 4
"""Raise it when a snapshot gets other columns, so that no old one is read."""


@dataclass(frozen=True)
class MapRows:
    """A map as the database gave it, at one version."""

    version: int
    graph: Graph
    keys: KeyColumn  # of the nodes, in the order of the graph
    names: tuple[str, ...]
    regions: tuple[str | None, ...]
    operators: tuple[UUID | None, ...]  # who runs each
    is_steady: bool = True
    """Whether nobody changed it while it was read; otherwise it is for looking at only."""


def read_map(chain_id: UUID) -> MapRows:
    """A map and the version it is at.

    Where every statement sees what was committed last, a map that changes in between would be
    half of one version and half of the next: the version is asked for before and after.
    """
    for _ in range(TRIES):
        version = _version(chain_id)
        rows = _read(chain_id, version)
        if _version(chain_id) == version:
            return rows
    return replace(rows, is_steady=False)


def _version(chain_id: UUID) -> int:
    return db.session.scalars(select(ValueChain.version).where(ValueChain.id == chain_id)).one()


@many_objects()
def _read(chain_id: UUID, version: int) -> MapRows:
    graph, keys = load_with_keys(chain_id)
    rows = db.session.execute(
        select(ValueChainNode.name, ValueChainNode.region, ValueChainNode.operated_by_id)
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    ).all()
    names, regions, operators = zip(*rows, strict=True) if rows else ((), (), ())
    return MapRows(version, graph, keys, tuple(names), tuple(regions), tuple(operators))


@many_objects()
def read_past(chain_id: UUID, past: Past) -> MapRows:
    """A map as it stood on a past day, in the words of the day."""
    drafts = load_drafts(chain_id, past=past)
    nodes = NodeColumns.build(
        [node.id for node in drafts.nodes],
        kind=[node.kind for node in drafts.nodes],
        country=[node.country for node in drafts.nodes],
        sector=[node.sector for node in drafts.nodes],
        commodities=[node.commodities for node in drafts.nodes],
        own_operation=[node.own_operation for node in drafts.nodes],
        origin=[node.origin for node in drafts.nodes],
    )
    links = LinkColumns.build(
        nodes,
        buyer=[link.buyer for link in drafts.links],
        supplier=[link.supplier for link in drafts.links],
        share=[link.share for link in drafts.links],
        flow=[link.flow_evidence for link in drafts.links],
        kind=[link.kind for link in drafts.links],
        commodity=[link.commodity for link in drafts.links],
    )
    return MapRows(
        version=past.version,
        graph=Graph.build(nodes=nodes, links=in_order(links)),
        keys=KeyColumn.of(drafts.node_keys[node.id] for node in drafts.nodes),
        names=tuple(node.name for node in drafts.nodes),
        regions=tuple(node.region for node in drafts.nodes),
        operators=tuple(drafts.node_keys.get(node.operated_by or "") for node in drafts.nodes),
    )


def basis() -> dict[str, Any]:
    """The basis of a snapshot besides the map: method, its parameters, release of the data."""
    return {
        "method": METHOD_VERSION,
        "parameters_sha256": PARAMETERS_SHA256,
        "release": load_reference().release,
        "columns": COLUMNS,
    }


@many_objects()
def map_part(rows: MapRows) -> Snapshot:
    """The map as arrays. Takes time and no database."""
    graph, keys = rows.graph, rows.keys
    lane, unlinked = _lanes(graph)
    codes = np.array([code or "" for code in graph.nodes.country], dtype=np.str_)
    countries, country = np.unique(codes, return_inverse=True)
    whole = with_origins(graph, load_reference())
    return Snapshot(
        facts={
            "nodes": len(graph),
            "links": len(graph.links),
            "unlinked": unlinked,
            "countries": countries.tolist(),
            **basis(),
        },
        arrays={
            **arrays_of(graph),
            **TextColumn.arrays("name", rows.names),
            **CodedColumn.arrays("region", rows.regions),
            **{PLAN + name: array for name, array in plan_of(whole).columns().items()},
            "key": keys.halves,
            "key_rising": keys.rising(),
            "lane": lane,
            "missing": _missing(graph, whole),
            "country_place": country,
            "operator": _operators(rows),
        },
    )


def _operators(rows: MapRows) -> Ints:
    """The row of who runs each node; -1 where nobody of the map is named."""
    row = {key: at for at, key in enumerate(rows.keys)}
    found = (row.get(key, -1) if key else -1 for key in rows.operators)
    return np.fromiter(found, dtype=np.int64, count=len(rows.operators))


def run_part(run_id: UUID, register: Register, row_of: RowOfKey) -> Snapshot:
    """Bands and ranks of a run for the nodes of a map. Takes no database.

    Nodes that the run does not know are not assessed.
    """
    places = np.array([BANDS.index(band) for band in (*RISK_BANDS, None)], dtype=np.int8)
    first = np.full(len(register.tier), NO_RANK, dtype=np.int64)
    first[register.place[::-1]] = np.arange(len(register), 0, -1)  # the best of a place stays
    rows = row_of.rows(register.key.reshape(-1, 16).view(">u8").astype(np.uint64))
    known = np.flatnonzero(rows >= 0)
    count = len(row_of)
    band, rank = np.full(count, len(BANDS) - 1, np.int8), np.full(count, NO_RANK, np.int64)
    by_issue = np.full((count, len(Issue)), len(BANDS) - 1, dtype=np.int8)
    # -1, not scored, is the last of `places`.
    band[rows[known]] = places[register.highest_bands()[known]]
    rank[rows[known]] = first[known]
    for column, issue in enumerate(Issue):
        by_issue[rows[known], column] = places[register.bands_of(issue)[known]]
    facts = {"run": str(run_id), **basis()}
    return Snapshot(facts, {"band": band, "rank": rank, "band_by_issue": by_issue})


def _lanes(graph: Graph) -> tuple[Ints, int]:
    """Lane of each node, and the lane of those without a path.

    Without an own business the buyers at the end of the chain stand in its place.
    """
    rooted = graph
    if not graph.nodes.own_operation.any():
        degree = np.diff(graph.buyers.starts), np.diff(graph.suppliers.starts)
        ends = (degree[0] == 0) & (degree[1] > 0)
        nodes = replace(graph.nodes, own_operation=ends)
        rooted = Graph.of_indexed(nodes, graph.links, graph.suppliers, graph.buyers)
    up = np.minimum(rooted.tiers, LAST_LANE)
    turned = Graph.of_indexed(rooted.nodes, rooted.links, rooted.buyers, rooted.suppliers)
    down = np.minimum(turned.tiers, LAST_LANE)
    unlinked = int(up.max(initial=0)) + 2  # one lane is left for what is behind the last tier
    lane = np.where(up != UNREACHED, up, np.where(down > 0, -down, unlinked))
    return lane.astype(np.int64), unlinked


def _missing(graph: Graph, whole: Graph) -> Floats:
    """Share of each node's input whose origin is not known (RM-2.0 11.4)."""
    missing = np.full(len(graph), np.nan)
    first = len(graph.links)
    share = whole.links.share[first:]
    missing[whole.links.buyer[first:]] = np.where(np.isnan(share), np.inf, share)
    return missing
