"""Ranks of a map after rescoring of few nodes (RM-2.0 section 12)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supply_chain.risk.evidence import Priorities
from supply_chain.risk.map_scores import ScoredMap, StoredScores
from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.ranking import RankKeys, StoredOrder
from supply_chain.risk.rm2.salience import OpenRisks, rank_keys
from supply_chain.risk.salience import INVOLVEMENTS, Involvement, places
from supply_chain.vocabulary import Issue

MOST = 1 / 32
"""Of all risks: to look up where more of them belong takes longer than to sort all."""


@dataclass(frozen=True)
class Again:
    """A map after rescoring of few of its nodes."""

    ids: Sequence[str]
    rows: Ints  # row of each node before, -1 new
    fresh: Ints  # rows of nodes of which anything may be other; among them all that are new
    priorities: Priorities
    scored: Bools  # (nodes, 16)
    scores: StoredScores


@dataclass(frozen=True)
class _Places:
    """Positions of the ids of both maps among all of them."""

    before: Ints
    after: Ints


def moved_ranks(before: ScoredMap, now: Again) -> Ints | None:
    """(nodes, 16) salience rank, 1 first; -1 not scored; None: so many move that all are sorted."""
    by_id = _places_of(before, now)
    old = now.rows[now.fresh]
    was, scored = before.scored[old] & (old >= 0)[:, None], now.scored[now.fresh]
    stays = was & scored
    at, issue = np.nonzero(stays)
    keys = _keys(before.priorities, before.scores, (old[at], issue), by_id.before)
    fresh = _keys(now.priorities, now.scores, (now.fresh[at], issue), by_id.after)
    stays[at, issue] = keys.same(fresh)
    leaves, comes = np.nonzero(was & ~stays), np.nonzero(scored & ~stays)
    if len(comes[0]) > MOST * len(before.order[0]):
        return None
    gone = before.salience_rank[old[leaves[0]], leaves[1]]
    gone = np.concatenate([gone, _ranks_of_lost(before, now.rows)]) - 1
    return _moved(before, now, gone, (now.fresh[comes[0]], comes[1]), by_id)


def _moved(
    before: ScoredMap, now: Again, gone: Ints, new: tuple[Ints, Ints], by_id: _Places
) -> Ints:
    node, issue = before.order

    def keys_at(positions: Ints) -> RankKeys:
        pairs = node[positions], issue[positions]
        return _keys(before.priorities, before.scores, pairs, by_id.before)

    keys = _keys(now.priorities, now.scores, new, by_id.after)
    moves, came = StoredOrder(len(node), keys_at).moved(gone, keys)
    by_rank = np.concatenate([[0], moves, [0]])  # the last one for rank -1
    ranks = before.salience_rank[now.rows]
    ranks += by_rank[ranks]
    ranks[~now.scored] = -1
    ranks[new] = came
    return ranks


def rank_all(now: Again) -> Ints:
    """The same where all risks are put in order."""
    node, issue = np.nonzero(now.scored)
    keys = _keys(now.priorities, now.scores, (node, issue), places(now.ids))
    ranks = np.full(now.scored.shape, -1, dtype=np.int64)
    in_order = np.empty(len(keys), dtype=np.int64)
    in_order[keys.order] = np.arange(1, len(keys) + 1)
    ranks[node, issue] = in_order
    return ranks


_BY_CODE = places([code.value for code in Issue])


def _keys(
    given: Priorities, scores: StoredScores, pairs: tuple[Ints, Ints], by_id: Ints
) -> RankKeys:
    node, issue = pairs
    judged, linked = given.of_pairs(node, issue), INVOLVEMENTS.index(Involvement.LINKED)
    return rank_keys(
        OpenRisks(
            node=by_id[node],
            issue=_BY_CODE[issue],
            emergency=judged.emergency,
            delay=judged.delay == 1,
            residual_index=scores.residual_index[node, issue],
            severity=scores.severity[node, issue],
            index_high=scores.index_high[node, issue],
            involvement=np.where(judged.involvement < 0, linked, judged.involvement),
        )
    )


def _ranks_of_lost(before: ScoredMap, rows: Ints) -> Ints:
    """The ranks of the risks of nodes that are not there any more."""
    lost = np.ones(len(before.chain), dtype=np.bool_)
    lost[rows[rows >= 0]] = False
    ranks = before.salience_rank[lost]
    return ranks[ranks > 0]


def _places_of(before: ScoredMap, now: Again) -> _Places:
    """New ids are put between those that were there; the order of these stays."""
    ids, rows = now.ids, now.rows
    row_at = np.argsort(before.by_id)
    known = before.chain.nodes.ids
    new = sorted((ids[row], row) for row in np.flatnonzero(rows < 0).tolist())
    found = [bisect_left(row_at, ref, key=lambda at: known[int(at)]) for ref, _ in new]
    behind = np.array(found, dtype=np.int64)
    place = before.by_id + np.searchsorted(behind, before.by_id, side="right")
    after = place[rows]
    after[[row for _, row in new]] = behind + np.arange(len(new))
    return _Places(place, after)
