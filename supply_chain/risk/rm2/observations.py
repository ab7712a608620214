"""Score and quality of each factor from observations (sections 3.1 to 3.3).

Observations come as long columns, one row an observation. They are stored sparsely, one row a
*cell*, a (node, factor) pair with number `node * FACTORS + factor`.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.observations import ObservationColumns, data_quality
from supply_chain.risk.rm2.method import FACTORS, METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.points import rounded

_POLICY = METHOD.policy


@dataclass(frozen=True)
class Observations(ObservationColumns):
    """Observations of the factors of RM-2.0."""

    factors = FACTORS


def silence(nodes: Ints) -> Observations:
    """Observations of suppliers that have not answered, one for each of `nodes` (section 3.7)."""
    count = len(nodes)
    return Observations(
        node=nodes,
        factor=np.full(count, METHOD.factor_index[_POLICY.silence_factor]),
        value=np.full(count, _POLICY.silence_score),
        source_type=np.full(count, METHOD.source_index[_POLICY.silence_source_type]),
        age_months=np.zeros(count),
        quality=np.full(count, np.nan),
        source=np.full(count, -1),
    )


@dataclass(frozen=True)
class Cells:
    """Result for each observed (node, factor) pair, by ascending `cell`."""

    cell: Ints
    score: Floats  # combined s, 0-1
    quality: Floats  # combined q, 0 to .95
    reliability: Floats  # highest reliability of its sources, 0-1
    visit_quality: Floats  # highest q of its sources that looked at the site; 0: none did


def combine(observations: Observations) -> Cells:
    """Several sources for one factor become one score and quality (section 3.3).

    The result does not depend on the order of the rows.
    """
    rows = observations.take(~np.isnan(observations.value)).newest_of_each_source()
    quality = _quality(rows)
    # Sorting by content as well keeps the sums, to the last bit, free of the input order.
    order = np.lexsort((rows.source_type, rows.age_months, quality, rows.value, rows.cell))
    rows, quality = rows.take(order), quality[order]
    if not len(order):
        return Cells(rows.cell, rows.value, quality, quality, quality)
    new = np.diff(rows.cell, prepend=-1) != 0
    starts, group = np.flatnonzero(new), np.cumsum(new) - 1
    alive = np.maximum.reduceat(quality, starts)[group] > 0
    counts = (quality > 0) | ~alive
    reliability = np.where(counts, METHOD.reliability[rows.source_type], 0.0)
    return Cells(
        rows.cell[starts],
        _scores(rows, quality, counts, starts, group),
        _joint_quality(rows, quality, starts),
        np.maximum.reduceat(reliability, starts),
        np.maximum.reduceat(np.where(METHOD.visit[rows.source_type], quality, 0.0), starts),
    )


def _quality(rows: Observations) -> Floats:
    base = np.where(np.isnan(rows.quality), METHOD.reliability[rows.source_type], rows.quality)
    return data_quality(base, rows.age_months, METHOD.half_life[rows.source_type])


def _scores(
    rows: Observations, quality: Floats, counts: Bools, starts: Ints, group: Ints
) -> Floats:
    """s of each cell: the mean, and at least what a reliable source in force says."""
    faded = np.maximum.reduceat(quality, starts)[group] == 0
    weight = np.where(faded, 1.0, quality)
    mean = np.add.reduceat(weight * rows.value, starts) / np.add.reduceat(weight, starts)
    # Where no source has any quality left, the highest score counts.
    kept = np.where((counts & _in_force(rows, counts, starts, group)) | faded, rows.value, 0.0)
    return np.maximum(np.minimum(mean, 1.0), np.maximum.reduceat(kept, starts))


def _in_force(rows: Observations, counts: Bools, starts: Ints, group: Ints) -> Bools:
    """Reliable sources that neither age nor a later independent look has set aside."""
    reliability = METHOD.reliability[rows.source_type]
    reliable = reliability >= _POLICY.reliable_from
    age = rounded(rows.age_months)
    limit = rounded(_POLICY.in_force_half_lives * METHOD.half_life[rows.source_type])
    looked_again = METHOD.looks_again[rows.source_type]
    replaced = np.zeros(len(age), dtype=np.bool_)
    for level in np.unique(reliability[reliable]):
        peers = counts & (reliability >= level)
        newest = np.minimum.reduceat(np.where(peers, age, np.inf), starts)[group]
        look = np.minimum.reduceat(np.where(peers & looked_again, age, np.inf), starts)[group]
        old = (age > limit) & (newest < age)
        seen_again = look <= rounded(age - _POLICY.looked_again_months)
        replaced |= (reliability == level) & (old | seen_again)
    return reliable & ~replaced


def _joint_quality(rows: Observations, quality: Floats, starts: Ints) -> Floats:
    """q of each cell; the supplier's own statements are one source, that of the highest q."""
    own = METHOD.own_word[rows.source_type]
    others = np.multiply.reduceat(np.where(own, 1.0, 1 - quality), starts)
    own_best = np.maximum.reduceat(np.where(own, quality, 0.0), starts)
    # A lone source keeps its q to the last bit.
    alone = np.diff(starts, append=len(quality)) == 1
    joint = np.where(alone, quality[starts], 1 - others * (1 - own_best))
    return np.minimum(_POLICY.quality_cap, joint)
