"""Incremental assessment on a whole run: new evidence on few nodes, same day and links.

Scores of a node depend on the node and the evidence on it alone (RM-2.0 sections 3 to 9). Risk
then propagates to the buyers behind. The result equals a whole assessment to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.columns import NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import Reference
from supply_chain.risk.assessment import scored_pairs
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.incremental_base import IncrementalBase
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.moved_nodes import MovedNodes
from supply_chain.risk.ranking import RankKeys
from supply_chain.risk.rm2.incremental import change_nodes
from supply_chain.risk.rm2.map_assessment import open_risks, score_some
from supply_chain.risk.rm2.map_scores import MapScores
from supply_chain.risk.rm2.network import Network
from supply_chain.risk.rm2.salience import rank_keys, urgency_of
from supply_chain.risk.run_state import RunState

MOST = 2_000
"""Nodes that one run scores anew at most."""

NOBODY: Ints = np.zeros(0, dtype=np.int64)


EvidenceOf = Callable[[Ints], Evidence]


@dataclass(frozen=True)
class Renewed:
    """Differences from the run before; rows are those of the map, ascending."""

    moved: MovedNodes  # as in `RegisterChanges`, once this run is stored
    fresh: Ints  # nodes that were scored anew
    scored: Bools  # (fresh, 16)
    scores: MapScores  # of `fresh`
    keys: RankKeys  # of the scored pairs of `fresh`, by node, then by issue
    urgency: NDArray[np.int8]  # (fresh, 16), as judged; 0 not scored
    reached: "Reached"

    @property
    def changed(self) -> Ints:
        """Rows of which any score may differ: `fresh`, and those that risk reaches otherwise."""
        return self.reached.rows


@dataclass(frozen=True)
class Reached:
    """Propagated risk at the rows of which any score may differ; arrays (rows, 16)."""

    rows: Ints
    exposure: Floats
    free: Floats
    severity_chain: Floats  # NaN where nothing upstream is scored either


def renew(
    standing: IncrementalBase,
    chain: ValueChain,
    network: Network,
    nodes: NodeColumns,
    fresh: Ints,
    evidence_of: EvidenceOf,
    *,
    own: Ints = NOBODY,
    reference: Reference,
) -> Renewed | None:
    """Update a run; None where more than MOST nodes would be rescored.

    Args:
        standing: the run before; its flow is written to.
        chain: the map of the whole run, with unknown origins or without; its links and goods
            are those of today. network: of it.
        nodes: of the map as it is, with unknown origins or without.
        fresh: rising rows of all nodes of which something new is known since then.
        own: rising rows, among `fresh`, of nodes whose own facts changed since then. Who has a
            supplier of unknown origin is the same, and so are the goods of every node.
        evidence_of: what is known now of the nodes of some rows, which count from 0 in it.
    """
    if len(fresh) > MOST:
        return None
    evidence, taken, state = evidence_of(fresh), nodes.take(fresh), standing.state
    scored = scored_pairs(taken, evidence)
    scores = score_some(chain, taken, fresh, evidence, reference=reference)
    risks = open_risks(evidence, scored, scores, by_id=state.by_id[fresh].astype(np.int64))
    urgency = np.zeros(scored.shape, dtype=np.int8)
    urgency[scored] = urgency_of(risks)
    return Renewed(
        moved=standing.changes.moved.put(own, nodes.take(own)),
        fresh=fresh,
        scored=scored,
        scores=scores,
        keys=rank_keys(risks),
        urgency=urgency,
        reached=_carry(state, network, fresh, scored, scores),
    )


def _carry(
    state: RunState, network: Network, fresh: Ints, scored: Bools, scores: MapScores
) -> Reached:
    """Send what is new of some nodes to their buyers."""
    plan, flow = network.plan, state.flow
    at = plan.place[fresh]
    residual = np.where(scored, scores.of_nodes("residual_likelihood"), 0.0)
    severity = np.where(scored, scores.of_nodes("severity"), 0.0)
    differs = (flow.residual[at] != residual) | (flow.severity[at] != severity)
    other, rows = differs.any(axis=1), fresh
    if other.any():
        moved = change_nodes(network, flow, at[other], residual[other], severity[other])
        rows = np.union1d(fresh, plan.order[moved])
    at = plan.place[rows]
    upstream = flow.upstream[at]
    return Reached(
        rows=rows,
        exposure=flow.exposed[at],
        free=flow.free[at],
        severity_chain=np.where(upstream > 0, upstream, np.nan),
    )
