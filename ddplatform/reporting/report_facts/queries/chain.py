"""Facts of a report about the map: tiers, nodes, links, and what has no known origin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.documents.definitions.chain_view import NOT_ON_PATH
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import list_refs
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.graph.queries.graph import load_with_keys
from ddplatform.value_chain.graph.queries.snapshots import load_past_snapshot
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires import Answerer
from supply_chain.graph.columns import FLOWS
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.graph.unknown_origins import PREFIX, with_unknown_origins
from supply_chain.reference.release import load_reference
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.vocabulary import NodeKind, RiskBand

NODES_LISTED = 2_000
"""A report lists at most so many nodes, the riskiest first; its tables by tier count all."""
BANDS = (RiskBand.LOW, RiskBand.MEDIUM, RiskBand.HIGH, RiskBand.CRITICAL)


@dataclass(frozen=True)
class ChainFacts:
    """The `value_chain` part of the facts, and what the list of gaps needs of it."""

    document: dict[str, Any]
    not_assessed: int
    unknown_origins: int
    countries: tuple[str, ...]


@dataclass(frozen=True)
class _Scored:
    """Of one node: highest band and index over all issues."""

    band: RiskBand
    index: float


@dataclass(frozen=True)
class _Whole:
    """The map with its unknown origins; names, regions and keys have an entry a known node."""

    known: Graph
    whole: Graph
    keys: Sequence[UUID]
    names: Sequence[str]
    regions: Sequence[str | None]
    scores: dict[str, _Scored]
    asked: dict[UUID, str]

    def tier(self, row: int) -> int | None:
        tier = int(self.whole.tiers[row])
        return None if tier < 0 else tier


def load_chain_facts(scope: Scope) -> ChainFacts:
    """The map as facts, in five statements whatever its size."""
    graph, keys, names, regions = _map(scope)
    primary = frozenset(
        ref for ref, sector in load_reference().sectors.items() if sector.is_primary_production
    )
    whole = _Whole(
        known=graph,
        whole=with_unknown_origins(graph, primary_sectors=primary),
        keys=keys,
        names=names,
        regions=regions,
        scores=_scores(scope),
        asked=_questionnaires(scope),
    )
    rows = _listed(whole)
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
        countries=tuple(sorted({code for code in graph.nodes.country if code})),
    )


def _map(scope: Scope) -> tuple[Graph, Sequence[UUID], Sequence[str], Sequence[str | None]]:
    """The map of the day: graph, keys, names and regions, in the order of external ids."""
    if scope.past is not None:
        found = load_past_snapshot(scope.chain, scope.past)
        return found.graph, found.keys, found.names, found.regions
    graph, keys = load_with_keys(scope.chain.id)
    rows = db.session.execute(
        select(ValueChainNode.name, ValueChainNode.region)
        .where(ValueChainNode.chain_id == scope.chain.id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    ).all()
    return graph, keys, [row.name for row in rows], [row.region for row in rows]


def _scores(scope: Scope) -> dict[str, _Scored]:
    """Node ref -> what its residual bands say in the run; every issue of a node is scored."""
    if scope.run is None:
        return {}
    register = load_register(scope.run.id)
    scores = zip(
        register.highest_bands().tolist(),
        register.highest_index.tolist(),
        strict=True,
    )
    return {
        ref: _Scored(RISK_BANDS[band], index)
        for ref, (band, index) in zip(list_refs(scope.run.id), scores, strict=True)
        if band >= 0
    }


def _questionnaires(scope: Scope) -> dict[UUID, str]:
    """Node -> state of the questionnaire that was sent to it last; on a past day its outlines."""
    rows = db.session.execute(
        select(
            Assignment.node_id,
            Assignment.status,
            Assignment.submitted_at,
            Assignment.decided_at,
        )
        .join(ValueChainNode, ValueChainNode.id == Assignment.node_id)
        .where(
            ValueChainNode.chain_id == scope.chain.id,
            Assignment.sent_at < scope.end,
            Assignment.organisation_id == current_organisation(),
            Assignment.status != QuestionnaireState.WITHDRAWN,
            Assignment.answered_by == Answerer.SUPPLIER,
        )
        .order_by(Assignment.sent_at, Assignment.id)
    ).all()
    return {row.node_id: _state(row, scope).value for row in rows}


def _state(row: Any, scope: Scope) -> QuestionnaireState:
    """How far a questionnaire had come; what happened in between is not kept."""
    status: QuestionnaireState = row.status
    if not scope.is_past:
        return status
    if row.decided_at is not None and row.decided_at < scope.end:
        return status
    came = row.submitted_at is not None and row.submitted_at < scope.end
    return QuestionnaireState.SUBMITTED if came else QuestionnaireState.SENT


def _listed(whole: _Whole) -> list[int]:
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


def _node(whole: _Whole, row: int) -> dict[str, Any]:
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


def _links(whole: _Whole, rows: set[int]) -> list[dict[str, Any]]:
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


def _tiers(whole: _Whole) -> list[dict[str, Any]]:
    tiers, missing = whole.known.tiers, _missing(whole)
    found = []
    for tier in np.unique(tiers).tolist():
        rows = np.flatnonzero(tiers == tier).tolist()
        mean = float(missing[rows].mean())
        share = round(mean, 6) if np.isfinite(mean) else None
        found.append({**_tier(whole, tier, rows), "unknown_share": share})
    return sorted(found, key=lambda row: row["tier"])


def _tier(whole: _Whole, tier: int, rows: Sequence[int]) -> dict[str, Any]:
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


def _missing(whole: _Whole) -> NDArray[np.float64]:
    """Share of each known node's input whose origin is not known; infinity: not even that.

    A tier shows the plain mean over its nodes, and nothing where one of them is not known.
    """
    first = len(whole.known.links)
    missing = np.zeros(len(whole.known))
    share = whole.whole.links.share[first:]
    missing[whole.whole.links.buyer[first:]] = np.where(np.isnan(share), np.inf, share)
    return missing


def _unknown_share(whole: _Whole) -> float | None:
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
