"""Factor scores from observations (RM-1.0 section 3.1 to 3.5).

Observations come as long columns, one row an observation. The evidence on a whole map is stored
sparsely, one row a *cell*, that is a (node, factor) pair with number `node * FACTORS + factor`;
`FactorTable.rows` opens any run of nodes as dense (nodes, factors) arrays. One core serves one
case and a whole map.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.observations import ObservationColumns, data_quality

FACTORS = len(METHOD.factors)
PRIOR: Floats = np.where(METHOD.critical, METHOD.policy.prior_critical, METHOD.policy.prior)
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True)
class Observations(ObservationColumns):
    """Observations of the factors of RM-1.0."""

    factors = FACTORS


def rounded(values: Floats) -> Floats:
    """Values as comparisons see them (section 3.8)."""
    return np.round(values, METHOD.policy.decimals)


def adjust(score: Floats, quality: Floats, prior: Floats) -> Floats:
    """Score s' after precaution (section 3.4); NaN score or quality 0 counts as the prior at least.

    Args: `score` 0-1 or NaN (missing), `quality` 0-1, `prior` m 0-1; all of one shape.
    """
    known = np.where(np.isnan(score), prior, score)
    return known + (1 - quality) * np.maximum(0.0, prior - known)


@dataclass(frozen=True)
class Cells:
    """Combined score and quality of each observed (node, factor) pair, by rising `cell`."""

    cell: Ints
    score: Floats
    quality: Floats


def combine(observations: Observations) -> Cells:
    """Several sources for one factor become one score and quality (section 3.3).

    The result does not depend on the order of the rows.
    """
    rows = observations.take(~np.isnan(observations.value)).newest_of_each_source()
    cell = rows.cell
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    sizes = np.diff(starts, append=len(cell))
    first = rows.take(order[starts])
    score, quality = first.value.copy(), _quality(first)
    several = np.flatnonzero(sizes > 1)
    if len(several):
        score[several], quality[several] = _combine_several(
            rows.take(order[np.repeat(sizes > 1, sizes)])
        )
    quality = np.minimum(METHOD.policy.quality_cap, quality)
    return Cells(cell[starts], score, quality)


def _quality(rows: Observations) -> Floats:
    base = np.where(np.isnan(rows.quality), METHOD.reliability[rows.source_type], rows.quality)
    return data_quality(base, rows.age_months, METHOD.half_life[rows.source_type])


def _combine_several(rows: Observations) -> tuple[Floats, Floats]:
    """Score and quality of each cell of `rows`, by rising cell."""
    quality = _quality(rows)
    # Sorting by content as well keeps the sums, to the last bit, free of the input order.
    order = np.lexsort((rows.source_type, rows.age_months, quality, rows.value, rows.cell))
    rows, quality = rows.take(order), quality[order]
    starts = np.flatnonzero(np.diff(rows.cell, prepend=-1))
    group = np.cumsum(np.diff(rows.cell, prepend=-1) != 0) - 1
    alive = np.maximum.reduceat(quality, starts)[group] > 0
    counts = (quality > 0) | ~alive
    weight = np.where(alive, quality, 1.0) * counts
    total = np.add.reduceat(weight, starts)
    mean = np.add.reduceat(weight * rows.value, starts) / total
    strong = counts & _in_force(rows, counts, starts, group)
    worst = np.maximum.reduceat(np.where(strong | ~alive, rows.value, 0.0), starts)
    joint = 1 - np.multiply.reduceat(1 - quality, starts)
    return np.maximum(mean, worst), joint


def _in_force(rows: Observations, counts: Bools, starts: Ints, group: Ints) -> Bools:
    """Reliable sources, except old ones after which someone as reliable has looked again."""
    policy = METHOD.policy
    reliability = METHOD.reliability[rows.source_type]
    age = rounded(rows.age_months)
    reliable = reliability >= policy.reliable_from
    limit = rounded(policy.in_force_half_lives * METHOD.half_life[rows.source_type])
    replaced = np.zeros(len(age), dtype=np.bool_)
    for level in np.unique(reliability[reliable]):
        peers = np.where(counts & (reliability >= level), age, np.inf)
        youngest = np.minimum.reduceat(peers, starts)[group]
        replaced |= (reliability == level) & (youngest < age)
    return reliable & ~((age > limit) & replaced)


def peer_priors(cells: Cells, peer_group: Ints) -> Cells:
    """Peer medians that are above the prior (section 3.4), one for each (node, factor) they lift.

    Args:
        cells: observed cells of all nodes.
        peer_group: (nodes,) number of the organisation-country-sector group; -1: no peers.

    Returns:
        Cells whose `score` is the prior m to use; `quality` is 0. A node is no peer of itself.
    """
    node, factor = np.divmod(cells.cell, FACTORS)
    member = peer_group[node] >= 0
    key = peer_group[node[member]] * FACTORS + factor[member]
    order = np.lexsort((cells.score[member], key))
    key, score, own = key[order], cells.score[member][order], cells.cell[member][order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    sizes = np.diff(starts, append=len(key))
    rank = np.arange(len(key)) - np.repeat(starts, sizes)
    least = METHOD.policy.peers_min
    # Observed nodes: the median of the others, found by leaving the own rank out.
    others, base = np.repeat(sizes, sizes) - 1, np.repeat(starts, sizes)
    seen = others >= least
    median = _median(score, base[seen], others[seen], rank[seen])
    lifted = median > PRIOR[key[seen] % FACTORS]
    groups = np.flatnonzero(sizes >= least)
    whole = _median(score, starts[groups], sizes[groups], sizes[groups])
    high = whole > PRIOR[key[starts[groups]] % FACTORS]
    silent, prior = _silent_peers(key[starts[groups[high]]], whole[high], peer_group, cells.cell)
    cell = np.concatenate([own[seen][lifted], silent])
    prior = np.concatenate([median[lifted], prior])
    order = np.argsort(cell)
    return Cells(cell[order], prior[order], np.zeros(len(cell)))


def _silent_peers(
    key: Ints, prior: Floats, peer_group: Ints, observed: Ints
) -> tuple[Ints, Floats]:
    """Cells of group members without an observation, for each (group, factor) `key`."""
    group, factor = np.divmod(key, FACTORS)
    by_group = np.argsort(peer_group, kind="stable")
    first, last = (np.searchsorted(peer_group[by_group], group, side=s) for s in _SIDES)
    size = last - first
    ends = np.cumsum(size)
    at = np.repeat(first - (ends - size), size) + np.arange(int(size.sum()))
    cell = by_group[at] * FACTORS + np.repeat(factor, size)
    silent = ~np.isin(cell, observed)
    return cell[silent], np.repeat(prior, size)[silent]


def _median(score: Floats, base: Ints, count: Ints, left_out: Ints) -> Floats:
    """Median of `count` sorted values from `base` on, stepping over the rank `left_out`."""
    low, high = (count - 1) // 2, count // 2
    low, high = low + (low >= left_out), high + (high >= left_out)
    median: Floats = (score[base + low] + score[base + high]) / 2
    return median


@dataclass(frozen=True)
class FactorRows:
    """Dense factors of a run of nodes; arrays (nodes, factors)."""

    score: Floats  # combined s, NaN where missing
    quality: Floats  # q, 0 where missing
    prior: Floats  # m
    applies: Bools  # False: dropped by 3.5, or ONL at a node without such services

    @cached_property
    def adjusted(self) -> Floats:
        """s' of section 3.4."""
        return adjust(self.score, self.quality, self.prior)


@dataclass(frozen=True)
class FactorTable:
    """Factors of a whole map, sparse."""

    cells: Cells
    priors: Cells  # where peers lift the prior
    dropped: Ints  # cells that do not apply for a reason that counts, rising
    online: Bools  # (nodes,) ONL applies

    def rows(self, start: int, stop: int) -> FactorRows:
        """Dense factors of the nodes `start` to `stop` (without `stop`)."""
        shape = (stop - start, FACTORS)
        score, quality = np.full(shape, np.nan), np.zeros(shape)
        prior = np.tile(PRIOR, (shape[0], 1))
        applies = np.ones(shape, dtype=np.bool_)
        applies[:, METHOD.group_slices[-1]] = self.online[start:stop, None]
        cell, run = _run(self.cells.cell, start, stop)
        score.ravel()[cell], quality.ravel()[cell] = self.cells.score[run], self.cells.quality[run]
        cell, run = _run(self.priors.cell, start, stop)
        prior.ravel()[cell] = self.priors.score[run]
        applies.ravel()[_run(self.dropped, start, stop)[0]] = False
        return FactorRows(score, quality, prior, applies)


def _run(cell: Ints, start: int, stop: int) -> tuple[Ints, slice]:
    low, high = np.searchsorted(cell, [start * FACTORS, stop * FACTORS])
    return cell[low:high] - start * FACTORS, slice(int(low), int(high))
