"""A map scored anew after few of its nodes changed: what stayed as it was is not scored again.

Scores of a node hang on the node, on what is known of it, and on its peers (RM-1.0 section 3.7);
only those are worked out, and only those of their risks that became others are moved in the
order. Risk travels along all links, which takes a small part of the time. What comes out equals a
whole assessment to the last bit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from supply_chain.chain_columns import LinkColumns, NodeColumns
from supply_chain.graph import ValueChain
from supply_chain.risk.assessment import (
    chain_plan,
    join_known,
    rank_risks,
    score_known,
    scored_pairs,
)
from supply_chain.risk.context import primary_sectors
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.map_scores import KeptScores, MapScores
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.moved_ranks import Again, moved_ranks
from supply_chain.risk.plan import Plan
from supply_chain.risk.propagation import exposure
from supply_chain.unknown_origins import KnownFlow, with_unknown_origins


@dataclass(frozen=True)
class ScoredAgain:
    """A map scored anew."""

    scores: MapScores
    rows: Ints  # row of each of its nodes before; -1 new


def score_again(
    before: MapScores,
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
    reference, as_of = before.reference, before.as_of
    whole = _with_origins(before, chain, known_flows or {})
    rows = _rows_before(before, whole)
    changed = _changed(before.chain.nodes, whole.nodes, rows)
    changed[[before.base.rows[ref] for ref in touched]] = True
    fresh = np.flatnonzero(changed | _peers(before.chain.nodes, whole.nodes, rows, changed))
    scored = scored_pairs(whole.nodes, evidence)
    known = join_known(whole.nodes.take(fresh), evidence.of_nodes(fresh), reference, as_of)
    new = KeptScores.of(score_known(known, scored[fresh]))
    scores = before.scores.put(rows, new, fresh)
    plan = _plan(before, whole)
    residual = plan.to_plan(np.nan_to_num(scores.residual_likelihood))
    again = Again(whole.nodes.ids, rows, fresh, evidence.priorities, scored, scores)
    ranks = moved_ranks(before, again)
    if ranks is None:
        ranks = rank_risks(whole.nodes, evidence, scored, scores)
    found = MapScores(
        as_of=as_of,
        reference=reference,
        base=chain,
        chain=whole,
        priorities=evidence.priorities,
        scored=scored,
        scores=scores,
        exposure=plan.from_plan(exposure(plan, residual)),
        salience_rank=ranks,
    )
    return ScoredAgain(found, rows)


def _with_origins(
    before: MapScores, chain: ValueChain, known_flows: Mapping[str, KnownFlow]
) -> ValueChain:
    if chain is before.base and not known_flows:
        return before.chain
    primary = primary_sectors(before.reference)
    return with_unknown_origins(chain, primary_sectors=primary, known_flows=known_flows)


def _plan(before: MapScores, whole: ValueChain) -> Plan:
    is_same = len(whole) == len(before.chain) and _same_links(before.chain.links, whole.links)
    return before.plan if is_same else chain_plan(whole)


def _same_links(one: LinkColumns, other: LinkColumns) -> bool:
    """Whether risk goes the same ways along both."""
    return (
        np.array_equal(one.buyer, other.buyer)
        and np.array_equal(one.supplier, other.supplier)
        and np.array_equal(one.share, other.share, equal_nan=True)
        and np.array_equal(one.flow, other.flow)
    )


def _rows_before(before: MapScores, whole: ValueChain) -> Ints:
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


def _objects(values: Collection[object]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.fromiter(values, dtype=np.object_, count=len(values))


def _peers(before: NodeColumns, after: NodeColumns, rows: Ints, changed: Bools) -> Bools:
    """Nodes that are peers of one that changed, where it is now or where it was."""
    at = np.flatnonzero(changed)
    was = rows[at]
    keys = _peer_keys(after, at.tolist()) | _peer_keys(before, was[was >= 0].tolist())
    pairs = zip(after.country, after.sector, strict=True)
    return np.fromiter((pair in keys for pair in pairs), dtype=np.bool_, count=len(after))


def _peer_keys(nodes: NodeColumns, rows: Iterable[int]) -> set[tuple[str | None, str | None]]:
    """Country and sector of the peers of some nodes; without either a node has none."""
    return {
        (nodes.country[row], nodes.sector[row])
        for row in rows
        if nodes.country[row] and nodes.sector[row]
    }
