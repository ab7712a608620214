"""A run that rests on a whole one: of few nodes something new is known, on the same day and map.

Scores of a node hang on the node, on what is known of it, and on its peers (RM-1.0 3.4): a node
whose peers lift another prior now is scored anew too. Risk then travels to the buyers behind.
What comes out equals a whole assessment to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from supply_chain.chain_columns import NodeColumns
from supply_chain.reference import Reference
from supply_chain.risk.assessment import Known, join_known, open_risks, score_known, scored_pairs
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.factors import FACTORS, Cells, peer_priors
from supply_chain.risk.incremental import change_nodes
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.pairs import PairScores
from supply_chain.risk.plan import Plan
from supply_chain.risk.ranking import RankKeys
from supply_chain.risk.run_state import RunState

MOST = 500
"""Nodes that are scored anew at most; with more of them a whole run is no slower by much."""

EvidenceOf = Callable[[Ints], Evidence]
_ALL = np.arange(FACTORS)


@dataclass(frozen=True)
class Renewed:
    """What differs from the whole run; rows are those of the map, rising."""

    fresh: Ints  # nodes that were scored anew
    scored: Bools  # (fresh, 16)
    scores: PairScores  # of `fresh`
    keys: RankKeys  # of the scored pairs of `fresh`, by node, then by issue
    changed: Ints  # `fresh`, and the places that risk reaches otherwise now
    exposure: Floats  # (changed, 16)
    linkage: Floats
    severity_chain: Floats  # NaN where nothing upstream is scored either


def renew(
    state: RunState,
    plan: Plan,
    nodes: NodeColumns,
    touched: Ints,
    evidence_of: EvidenceOf,
    *,
    reference: Reference,
    as_of: date,
) -> Renewed | None:
    """Bring a whole run up to date; None where more than MOST nodes would be scored anew.

    Args:
        state: of the whole run; its flow is written to.
        plan, nodes: of its map, with unknown origins or without.
        touched: rising rows of all nodes of which something new is known since that run.
        evidence_of: what is known now of the nodes of some rows, which count from 0 in it.
        reference, as_of: those of the whole run.
    """
    evidence = evidence_of(touched)
    seen = join_known(nodes.take(touched), evidence, reference, as_of).factors.cells
    groups = _moved_groups(state, touched, _picked(seen, np.arange(len(touched)), _ALL))
    fresh = np.unique(np.concatenate([touched, *(group.moved for group in groups)]))
    if len(fresh) > MOST:
        return None
    if len(fresh) > len(touched):
        evidence = evidence_of(fresh)
    taken = nodes.take(fresh)
    known = _with_priors(
        join_known(taken, evidence, reference, as_of), _priors(state, fresh, groups)
    )
    scored = scored_pairs(taken, evidence)
    scores = score_known(known, scored)
    changed = _carry(state, plan, fresh, scores)
    at, flow = plan.place[changed], state.flow
    upstream = flow.upstream[at]
    return Renewed(
        fresh=fresh,
        scored=scored,
        scores=scores,
        keys=RankKeys.of(open_risks(evidence, scored, scores, by_id=state.by_id[fresh])),
        changed=changed,
        exposure=flow.exposed[at],
        linkage=flow.linked[at],
        severity_chain=np.where(upstream > 0, upstream, np.nan),
    )


def _carry(state: RunState, plan: Plan, fresh: Ints, scores: PairScores) -> Ints:
    """Send what is new of some nodes to their buyers; the rows of which any number may differ."""
    at, flow = plan.place[fresh], state.flow
    residual = np.nan_to_num(scores.residual_likelihood)
    severity = np.nan_to_num(scores.severity)
    differs = (flow.residual[at] != residual) | (flow.severity[at] != severity)
    other = differs.any(axis=1)
    if not other.any():
        return fresh
    moved = change_nodes(plan, flow, at[other], residual[other], severity[other])
    return np.union1d(fresh, plan.order[moved])


# ---- peers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """Peers among whom factors of some were seen otherwise, and what is assumed of them now."""

    members: Ints  # rising rows
    factors: Ints
    priors: Floats  # (members, factors) the lifted prior, NaN where it is not lifted
    moved: Ints  # the members of whom it differs from before


def _moved_groups(state: RunState, touched: Ints, seen: Floats) -> list[_Group]:
    """The peers of the nodes that were touched, where any score of a factor is another now."""
    before = _picked(state.cells, touched, _ALL)
    differs = ~_same(before, seen)
    group = state.group[touched]
    found = []
    for one in np.unique(group[(group >= 0) & differs.any(axis=1)]).tolist():
        mine = group == one
        factors = np.flatnonzero(differs[mine].any(axis=0))
        members = np.flatnonzero(state.group == one)
        score = _picked(state.cells, members, factors)
        score[np.searchsorted(members, touched[mine])] = seen[np.ix_(mine, factors)]
        priors = _lifted(score, factors)
        same = _same(priors, _picked(state.priors, members, factors))
        found.append(_Group(members, factors, priors, members[~same.all(axis=1)]))
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


def _priors(state: RunState, fresh: Ints, groups: Sequence[_Group]) -> Cells:
    """The lifted priors of some nodes as they are now, rows counted from 0."""
    priors = _picked(state.priors, fresh, _ALL)
    for group in groups:
        mine = np.flatnonzero(np.isin(fresh, group.members))
        at = np.searchsorted(group.members, fresh[mine])
        priors[np.ix_(mine, group.factors)] = group.priors[at]
    cell = np.flatnonzero(~np.isnan(priors))
    return Cells(cell, priors.ravel()[cell], np.zeros(len(cell)))


def _with_priors(known: Known, priors: Cells) -> Known:
    return replace(known, factors=replace(known.factors, priors=priors))


def _picked(cells: Cells, rows: Ints, factors: Ints) -> Floats:
    """(rows, factors) the score of each cell, NaN where there is none."""
    wanted = (rows[:, None] * FACTORS + factors).ravel()
    found = np.full(len(wanted), np.nan)
    if len(cells.cell):
        at = np.minimum(np.searchsorted(cells.cell, wanted), len(cells.cell) - 1)
        there = cells.cell[at] == wanted
        found[there] = cells.score[at[there]]
    return found.reshape(len(rows), len(factors))


def _same(one: Floats, another: Floats) -> Bools:
    same: Bools = (one == another) | (np.isnan(one) & np.isnan(another))
    return same
