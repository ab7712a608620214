"""Facts of a report about the map: tiers, nodes, links, and parts without a known origin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ddplatform.documents.definitions.chain_view import NOT_ON_PATH
from ddplatform.reporting.report_facts.queries.chain import WholeMap
from ddplatform.reporting.report_facts.queries.scope import Scope
from supply_chain.graph.columns import FLOWS
from supply_chain.graph.unknown_origins import PREFIX
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import NodeKind, RiskBand

NODES_LISTED = 2_000
"""A report lists at most so many nodes, the riskiest first; its tables by tier count all."""
BANDS = (RiskBand.LOW, RiskBand.MEDIUM, RiskBand.HIGH, RiskBand.CRITICAL)


@dataclass(frozen=True)
class ChainFacts:
    """The `value_chain` part of the facts, and its input to the list of gaps."""

    document: dict[str, Any]
    not_assessed: int
    unknown_origins: int
    countries: tuple[str, ...]


def chain_facts(scope: Scope, whole: WholeMap) -> ChainFacts:
    """The map as facts."""
    graph, rows = whole.known, _listed(whole)
    assessed = sum(1 for ref in graph.nodes.ids if ref in whole.scores)
    document = {
        "name": scope.map_name,
        "version": scope.map_version,
        "assessed_on": scope.run.as_of.isoformat() if scope.run else None,
        "assessed_version": scope.run.chain_version if scope.run else None,
        "node_count": len(graph),
        "nodes_listed": sum(1 for row in rows if row < len(graph)),
        "assessed_share": assessed / len(graph) if len(graph) else None,
        "unknown_share": _unknown_share(whole),
        "tiers": _tiers(whole),
        "nodes": [_node(whole, row) for row in rows],
        "links": _links(whole, set(rows)),
    }
    return ChainFacts(
        document=document,
        not_assessed=len(graph) - assessed,
        unknown_origins=len(whole.whole) - len(graph),
        countries=whole.countries,
    )


def _listed(whole: WholeMap) -> list[int]:
    """Rows of the graph that the report lists: own business first, then the riskiest."""
    ids, own = whole.known.nodes.ids, whole.known.nodes.own_operation

    def order(row: int) -> tuple[bool, float, str]:
        scored = whole.scores.get(ids[row])
        return not own[row], -scored.index if scored else 0.0, ids[row]

    known = sorted(range(len(whole.known)), key=order)[:NODES_LISTED]
    shown = {ids[row] for row in known}
    ghosts = [
        row
        for row in range(len(whole.known), len(whole.whole))
        if whole.whole.nodes.ids[row].removeprefix(PREFIX) in shown
    ]
    return [*known, *ghosts]


def _node(whole: WholeMap, row: int) -> dict[str, Any]:
    nodes = whole.whole.nodes
    is_ghost = row >= len(whole.known)
    scored = whole.scores.get(nodes.ids[row])
    fact: dict[str, Any] = {
        "id": nodes.ids[row],
        "name": "Origin not known" if is_ghost else whole.names[row],
        "kind": NodeKind.UNKNOWN_ORIGIN.value if is_ghost else _kind(nodes, row),
        "tier": whole.tier(row),
        "country": nodes.country[row],
        "place": None if is_ghost else whole.regions[row],
        "sector": None if is_ghost else _sector(nodes.sector[row]),
        "band": scored.band.value if scored else None,
        "index": scored.index if scored else None,
    }
    if not is_ghost:
        fact["key"] = str(whole.keys[row])
        fact["questionnaire"] = whole.asked.get(whole.keys[row])
    return fact


def _kind(nodes: Any, row: int) -> str:
    return list(NodeKind)[int(nodes.kind[row])].value


def _sector(ref: str | None) -> str | None:
    sector = load_reference().sectors.get(ref or "")
    return sector.name if sector else ref


def _links(whole: WholeMap, rows: set[int]) -> list[dict[str, Any]]:
    links, ids = whole.whole.links, whole.whole.nodes.ids
    both = np.flatnonzero(np.isin(links.supplier, list(rows)) & np.isin(links.buyer, list(rows)))
    return [
        {
            "supplier": ids[int(links.supplier[at])],
            "buyer": ids[int(links.buyer[at])],
            "share": _known(float(links.share[at])),
            "evidence": FLOWS[int(links.flow[at])].value,
        }
        for at in both.tolist()
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)


def _tiers(whole: WholeMap) -> list[dict[str, Any]]:
    tiers, missing = whole.known.tiers, _missing(whole)
    found = []
    for tier in np.unique(tiers).tolist():
        rows = np.flatnonzero(tiers == tier).tolist()
        mean = float(missing[rows].mean())
        share = round(mean, 6) if np.isfinite(mean) else None
        found.append({**_tier(whole, tier, rows), "unknown_share": share})
    return sorted(found, key=lambda row: row["tier"])


def _tier(whole: WholeMap, tier: int, rows: Sequence[int]) -> dict[str, Any]:
    ids = whole.known.nodes.ids
    counts = {band.value: 0 for band in reversed(BANDS)}
    for row in rows:
        if scored := whole.scores.get(ids[row]):
            counts[scored.band.value] += 1
    assessed = sum(counts.values())
    return {
        "tier": NOT_ON_PATH if tier < 0 else tier,
        "title": _tier_title(tier),
        "nodes": len(rows),
        "assessed": assessed,
        **counts,
        "not_assessed": len(rows) - assessed,
    }


def _tier_title(tier: int) -> str:
    if tier < 0:
        return "No path to the own business"
    return f"Tier {tier}" if tier else "Own business"


def _missing(whole: WholeMap) -> NDArray[np.float64]:
    """Share of each known node's input whose origin is not known; infinity: not even that.

    A tier shows the plain mean over its nodes, and nothing where one of them is not known.
    """
    first = len(whole.known.links)
    missing = np.zeros(len(whole.known))
    share = whole.whole.links.share[first:]
    missing[whole.whole.links.buyer[first:]] = np.where(np.isnan(share), np.inf, share)
    return missing


def _unknown_share(whole: WholeMap) -> float | None:
    """Part of the own business's input whose way is lost somewhere; None where shares are missing.

    Shares are followed from the own business upwards; what enters a node of unknown origin is
    lost. Circles end when less than a millionth is left.
    """
    graph = whole.whole
    own = np.flatnonzero(whole.known.nodes.own_operation)
    if not len(own) or not len(graph.links):
        return None
    flow: NDArray[np.float64] = np.zeros(len(graph))
    flow[own] = 1 / len(own)
    lost = 0.0
    share, buyer, supplier = graph.links.share, graph.links.buyer, graph.links.supplier
    for _ in range(64):
        moving = flow[buyer] > 0
        if np.isnan(share[moving]).any():
            return None
        onward = flow[buyer[moving]] * share[moving]
        flow = np.bincount(supplier[moving], onward, minlength=len(graph)).astype(np.float64)
        lost += float(flow[len(whole.known) :].sum())
        flow[len(whole.known) :] = 0
        if flow.sum() < 1e-6:
            break
    return round(min(1.0, lost), 6)
