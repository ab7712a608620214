"""What the runs on a whole one find: of few nodes something new is known, same day and links.

Scores of a node hang on the node, on what is known of it, and on its peers (RM-1.0 3.4): a node
whose peers lift another prior now is scored anew too. A node that is in another country or trade
now leaves peers and comes to others. Risk then travels to the buyers behind. What comes out
equals a whole assessment to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from supply_chain.chain_columns import NodeColumns
from supply_chain.reference import Reference
from supply_chain.risk.assessment import Known, join_known, open_risks, score_known, scored_pairs
from supply_chain.risk.changed_cells import overlaid, overlay, same, scores_at
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.factors import FACTORS, Cells, peer_priors
from supply_chain.risk.incremental import change_nodes
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.moved_nodes import MovedNodes
from supply_chain.risk.pairs import PairScores
from supply_chain.risk.plan import Places, Plan
from supply_chain.risk.ranking import RankKeys
from supply_chain.risk.run_state import RunState
from supply_chain.risk.standing_run import StandingRun

MOST = 2_000
"""Nodes that one run scores anew at most."""

EvidenceOf = Callable[[Ints], Evidence]
NOBODY: Ints = np.zeros(0, dtype=np.int64)
_ALL = np.arange(FACTORS)


@dataclass(frozen=True)
class Renewed:
    """What differs from the run before; rows are those of the map, rising."""

    touched: Ints  # nodes of which something new is known, or which are others now
    moved: MovedNodes  # as in `RegisterChanges`, once this run stands
    seen: Cells  # the same
    priors: Cells
    fresh: Ints  # nodes that were scored anew
    scored: Bools  # (fresh, 16)
    scores: PairScores  # of `fresh`
    keys: RankKeys  # of the scored pairs of `fresh`, by node, then by issue
    reached: "Reached"

    @property
    def changed(self) -> Ints:
        """Rows of which any score may differ: `fresh`, and those that risk reaches otherwise."""
        return self.reached.rows


@dataclass(frozen=True)
class Reached:
    """How risk reaches the rows of which any score may differ; arrays (rows, 16)."""

    rows: Ints
    exposure: Floats
    linkage: Floats
    severity_chain: Floats  # NaN where nothing upstream is scored either


def renew(
    standing: StandingRun,
    plan: Plan,
    nodes: NodeColumns,
    touched: Ints,
    evidence_of: EvidenceOf,
    *,
    own: Ints = NOBODY,
    reference: Reference,
    as_of: date,
) -> Renewed | None:
    """Bring a run up to date; None where more than MOST nodes would be scored anew.

    Args:
        standing: the run before; its flow is written to.
        plan, nodes: of the map as it is, with unknown origins or without.
        touched: rising rows of all nodes of which something new is known since then.
        own: rising rows, among `touched`, of nodes whose own facts changed since then. Who has a
            supplier of unknown origin is the same.
        evidence_of: what is known now of the nodes of some rows, which count from 0 in it.
        reference, as_of: those of the whole run.
    """
    evidence = evidence_of(touched)
    cells = join_known(nodes.take(touched), evidence, reference, as_of).factors.cells
    seen = scores_at(cells, np.arange(len(touched)), _ALL)
    moved = standing.changes.moved.put(own, nodes.take(own))
    groups = _moved_groups(standing, touched, seen, standing.state.groups(moved))
    fresh = np.unique(np.concatenate([touched, *(group.members for group in groups)]))
    if len(fresh) > MOST:
        return None
    if len(fresh) > len(touched):
        evidence = evidence_of(fresh)
    state, taken, priors = standing.state, nodes.take(fresh), _priors(standing, groups)
    lifted = overlaid(state.priors, priors, fresh, _ALL)
    known = _with_priors(join_known(taken, evidence, reference, as_of), lifted)
    scored = scored_pairs(taken, evidence)
    scores = score_known(known, scored)
    return Renewed(
        touched=touched,
        moved=moved,
        seen=overlay(state.cells, standing.changes.seen, touched, _ALL, seen),
        priors=priors,
        fresh=fresh,
        scored=scored,
        scores=scores,
        keys=RankKeys.of(open_risks(evidence, scored, scores, by_id=state.by_id[fresh])),
        reached=_carry(state, plan, fresh, scores),
    )


def _carry(state: RunState, plan: Plan, fresh: Ints, scores: PairScores) -> Reached:
    """Send what is new of some nodes to their buyers."""
    at, flow = plan.place[fresh], state.flow
    residual = np.nan_to_num(scores.residual_likelihood)
    severity = np.nan_to_num(scores.severity)
    differs = (flow.residual[at] != residual) | (flow.severity[at] != severity)
    other, rows = differs.any(axis=1), fresh
    if other.any():
        moved = change_nodes(plan, flow, at[other], residual[other], severity[other])
        rows = np.union1d(fresh, plan.order[moved])
    at = plan.place[rows]
    upstream = flow.upstream[at]
    return Reached(
        rows=rows,
        exposure=flow.exposed[at],
        linkage=flow.linked[at],
        severity_chain=np.where(upstream > 0, upstream, np.nan),
    )


# ---- peers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """Nodes of whom peers let something else be assumed now, all of one country and trade."""

    members: Ints  # rising rows
    factors: Ints
    priors: Floats  # (members, factors) the lifted prior, NaN where it is not lifted


def _moved_groups(
    standing: StandingRun, touched: Ints, seen: Floats, group: Places
) -> list[_Group]:
    """The peers of the nodes that were touched, where any score of a factor is another now.

    Args:
        group: (nodes,) number of the peers of each now.
    """
    differs = ~same(standing.seen(touched, _ALL), seen)
    then, now = standing.state.groups(standing.changes.moved)[touched], group[touched]
    differs[then != now] = True  # one peer less here, one more there, and others around it
    found = []
    for one in np.unique(np.append(then, now)[np.tile(differs.any(axis=1), 2)]).tolist():
        mine = now == one
        factors = np.flatnonzero(differs[mine | (then == one)].any(axis=0))
        # Without peers only who had some before is looked at: nothing is lifted there.
        members = np.flatnonzero(group == one) if one >= 0 else touched[mine & (then != now)]
        if not len(members):
            continue
        score = standing.seen(members, factors)
        if one >= 0:
            score[np.searchsorted(members, touched[mine])] = seen[np.ix_(mine, factors)]
        priors = _lifted(score, factors) if one >= 0 else np.full(score.shape, np.nan)
        other = ~same(priors, standing.priors(members, factors)).all(axis=1)
        found.append(_Group(members[other], factors, priors[other]))
    return found


def _lifted(score: Floats, factors: Ints) -> Floats:
    """What is assumed of factors of peers, from all that was seen of them among these peers."""
    node, column = np.nonzero(~np.isnan(score))
    lifted = np.full(score.shape, np.nan)
    if len(node):
        values = score[node, column]
        cells = Cells(node * FACTORS + factors[column], values, np.zeros(len(node)))
        found = peer_priors(cells, np.zeros(len(score), dtype=np.int64))
        node, factor = np.divmod(found.cell, FACTORS)
        lifted[node, np.searchsorted(factors, factor)] = found.score
    return lifted


def _priors(standing: StandingRun, groups: Sequence[_Group]) -> Cells:
    """The priors that are other than in the whole run, as they are now."""
    priors = standing.changes.priors
    for group in groups:
        some = group.members, group.factors, group.priors
        priors = overlay(standing.state.priors, priors, *some)
    return priors


def _with_priors(known: Known, priors: Floats) -> Known:
    """What is known of some nodes with these priors, (nodes, factors), NaN where none is lifted."""
    cell = np.flatnonzero(~np.isnan(priors))
    lifted = Cells(cell, priors.ravel()[cell], np.zeros(len(cell)))
    return replace(known, factors=replace(known.factors, priors=lifted))
