"""Rescoring of a map after few of its nodes changed: only the changed part is scored again.

Scores of a node depend on the node and the evidence on it (RM-2.0 sections 3 to 9), those of an
unknown origin on the goods of its buyer. Only those are recalculated, and only their changed risks
are moved in the order. Risk propagates along all links, which takes a small part
of the time. The result equals a whole assessment to the last bit.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from supply_chain.graph.columns import NODE_KINDS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import KnownFlow
from supply_chain.risk.assessment import scored_pairs
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.map_scores import ScoredMap, StoredScores
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.moved_ranks import Again, moved_ranks, rank_all
from supply_chain.risk.rm2.map_assessment import network_of, score_some, with_origins
from supply_chain.risk.rm2.network import Network
from supply_chain.risk.rm2.propagation import exposure
from supply_chain.vocabulary import NodeKind

_GHOST = NODE_KINDS.index(NodeKind.UNKNOWN_ORIGIN)


@dataclass(frozen=True)
class ScoredAgain:
    """A rescored map."""

    scores: ScoredMap
    rows: Ints  # row of each of its nodes before; -1 new


def score_again(
    before: ScoredMap,
    chain: ValueChain,
    evidence: Evidence,
    *,
    touched: Collection[str],
    known_flows: Mapping[str, KnownFlow] | None = None,
) -> ScoredAgain:
    """Score a map that differs from one that is scored already in few nodes.

    Args:
        before: the map as it was, on the same day, by the same reference data.
        chain: the map as it is, without unknown origins. Its first nodes are those of
            `before.base`, in their order; what is new follows.
        evidence: what is known of it; other than before only of the nodes that are `touched`.
        touched: ids of these nodes. Nodes whose own columns differ are found here.
    """
    reference = before.reference
    whole = _with_origins(before, chain, known_flows or {})
    rows = _rows_before(before, whole)
    changed = _changed(before.chain.nodes, whole.nodes, rows)
    _and_origins_behind(whole, changed)
    changed[[before.base.rows[ref] for ref in touched]] = True
    fresh = np.flatnonzero(changed)
    known = evidence.of_nodes(fresh)
    new = score_some(whole, whole.nodes.take(fresh), fresh, known, reference=reference)
    scored = scored_pairs(whole.nodes, evidence)
    scores = before.scores.put(rows, StoredScores.of(new), fresh)
    network = _network(before, whole)
    residual = network.plan.to_plan(np.where(scored, scores.residual_likelihood, 0.0))
    again = Again(whole.nodes.ids, rows, fresh, evidence.priorities, scored, scores)
    ranks = moved_ranks(before, again)
    found = ScoredMap(
        as_of=before.as_of,
        reference=reference,
        base=chain,
        chain=whole,
        priorities=evidence.priorities,
        scored=scored,
        scores=scores,
        exposure=network.plan.from_plan(exposure(network, residual)),
        salience_rank=rank_all(again) if ranks is None else ranks,
    )
    return ScoredAgain(found, rows)


def _with_origins(
    before: ScoredMap, chain: ValueChain, known_flows: Mapping[str, KnownFlow]
) -> ValueChain:
    if chain is before.base and not known_flows:
        return before.chain
    return with_origins(chain, before.reference, known_flows=known_flows)


def _network(before: ScoredMap, whole: ValueChain) -> Network:
    """Of the same links between nodes of the same goods it is the same."""
    is_same = (
        len(whole) == len(before.chain)
        and _same_links(before.chain.links, whole.links)
        and before.chain.nodes.commodities == whole.nodes.commodities
    )
    return before.network if is_same else network_of(whole)


def _same_links(one: LinkColumns, other: LinkColumns) -> bool:
    """Whether risk goes the same ways along both."""
    return (
        np.array_equal(one.buyer, other.buyer)
        and np.array_equal(one.supplier, other.supplier)
        and np.array_equal(one.share, other.share, equal_nan=True)
        and np.array_equal(one.flow, other.flow)
        and one.commodity == other.commodity
    )


def _rows_before(before: ScoredMap, whole: ValueChain) -> Ints:
    """Row of each node before; -1 where it is new."""
    if whole is before.chain:
        return np.arange(len(whole))
    same, known = len(before.base), before.chain.rows
    rest = [known.get(ref, -1) for ref in whole.nodes.ids[same:]]
    return np.concatenate([np.arange(same), np.array(rest, dtype=np.int64)])


def _changed(before: NodeColumns, after: NodeColumns, rows: Ints) -> Bools:
    """Nodes that are new or of which an own column differs."""
    if after is before:
        return np.zeros(len(after), dtype=np.bool_)
    changed: Bools = (
        (rows < 0) | (before.closed[rows] != after.closed) | (before.kind[rows] != after.kind)
    )
    for name in ("country", "sector", "commodities"):
        was, now = (_objects(getattr(side, name)) for side in (before, after))
        changed |= was[rows] != now
    return changed


def _and_origins_behind(whole: ValueChain, changed: Bools) -> None:
    """Mark unknown origins of nodes that changed: the assumptions on them depend on their goods."""
    links = whole.links
    behind = (whole.nodes.kind[links.supplier] == _GHOST) & changed[links.buyer]
    changed[links.supplier[behind]] = True


def _objects(values: Collection[object]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.fromiter(values, dtype=np.object_, count=len(values))
