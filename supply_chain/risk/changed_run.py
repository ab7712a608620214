"""Records, register and counts of a run that continues from another run of its map."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.columns import NodeColumns
from supply_chain.risk.incremental_base import IncrementalBase, counts_of_nodes
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.moved_nodes import Words, words
from supply_chain.risk.register_changes import BY_REGISTER, CameIn, RegisterChanges
from supply_chain.risk.renewal import Renewed
from supply_chain.risk.rm2.map_scores import MapScores
from supply_chain.risk.rm2.register import in_steps
from supply_chain.risk.rm2.severity import severity_band
from supply_chain.risk.rm2.stored_scores import CHAIN_SCORES, records_of
from supply_chain.risk.stored_scores import Records


@dataclass(frozen=True)
class ChangedRun:
    """Stored data of a run of changed nodes; rows are those of the map, ascending."""

    standing: IncrementalBase  # this run, for the next one
    rows: Ints  # what may differ from the run before
    records: Records  # of these rows, with ranks as they are kept (`RegisterChanges.ranks_of`)
    differs: Bools  # (rows,) whether any score differs
    shifted: Ints  # other rows: a number that puts one of their risks in order differs

    @property
    def orders(self) -> Ints:
        """(rows, 16) numbers that put their risks among all others; -1 not scored."""
        return self.standing.changes.orders_of(self.rows, self.records["salience_rank"])


@dataclass(frozen=True)
class _Fresh:
    """The rescored nodes, as `records_of` reads them."""

    scored: Bools
    scores: MapScores
    exposure: Floats
    free: Floats
    severity_chain: Floats
    salience_rank: Ints
    urgency: NDArray[np.int8]

    @cached_property
    def severity_band(self) -> Ints:
        bands = severity_band(self.scores.of_nodes("severity"))
        return np.where(self.scored, bands, -1)


def changed_run(
    standing: IncrementalBase,
    renewed: Renewed,
    before: Records,
    nodes: NodeColumns,
    *,
    in_remedy: Bools,
    tiers: Ints,
    countries: Words,
) -> ChangedRun:
    """Assemble the stored data of a run.

    Args:
        standing: the run before, whose flow `renewed` brought up to date.
        before: the records of `renewed.changed` in that run, with ranks as they are kept.
        nodes: of the map. tiers, countries: of `renewed.changed`, in the run before.
        in_remedy: (fresh, 16) pairs with an open impact that the site itself disclosed.
    """
    rows, state = renewed.changed, standing.state
    fresh = np.searchsorted(rows, renewed.fresh)
    records = before.copy()
    for name in CHAIN_SCORES:
        records[name] = getattr(renewed.reached, name)
    records[fresh] = _scored_anew(renewed, in_remedy)
    changes = _changes(standing, renewed, before, records)
    now = words(nodes.take(renewed.fresh).country)
    counts = standing.counts.changed(
        counts_of_nodes(state, before[fresh], countries[fresh], tiers[fresh]),
        counts_of_nodes(state, records[fresh], now, tiers[fresh]),
    )
    return ChangedRun(
        standing=IncrementalBase(state, changes, counts),
        rows=rows,
        records=records,
        differs=_differ(records, before),
        shifted=np.setdiff1d(_shifted(standing.changes, changes), rows),
    )


_COLUMNS = {
    "severity_band": "severity_band",
    "residual_band": "residual_band",
    "heat_cell": "heat_cell",
    "insufficient": "insufficient_evidence",
    "grade": "grade",
    "urgency": "urgency",
}
"""Column of the register -> field of the records."""


def _changes(
    standing: IncrementalBase, renewed: Renewed, before: Records, records: Records
) -> RegisterChanges:
    old, rows = standing.changes, renewed.changed
    newly = np.searchsorted(rows, np.setdiff1d(renewed.fresh, old.fresh))
    changed = np.union1d(old.changed, rows)
    index = np.empty(len(changed))
    index[np.searchsorted(changed, old.changed)] = old.highest_index
    index[np.searchsorted(changed, rows)] = _highest_index(records)
    stay = old.came.take(~np.isin(old.came.place, renewed.fresh))
    return RegisterChanges(
        fresh=np.union1d(old.fresh, renewed.fresh),
        gone=np.union1d(old.gone, _positions(before[newly])),
        came=CameIn.joined(stay, _came(standing, renewed, records)),
        changed=changed,
        highest_index=index,
        moved=renewed.moved,
    )


def _came(standing: IncrementalBase, renewed: Renewed, records: Records) -> CameIn:
    node, issue = np.nonzero(renewed.scored)
    row = np.searchsorted(renewed.changed, renewed.fresh)[node]
    return CameIn(
        at=standing.state.order.positions(renewed.keys),
        place=renewed.fresh[node].astype(np.int32),
        issue=issue.astype(np.int8),
        **{column: records[kept][row, issue] for column, kept in _COLUMNS.items()},
        index=in_steps(records["residual_index"][row, issue]),
        highest=in_steps(records["index_high"][row, issue]),
        first=renewed.keys.first,
        second=renewed.keys.second,
    )


def _scored_anew(renewed: Renewed, in_remedy: Bools) -> Records:
    reached, own = renewed.reached, np.searchsorted(renewed.changed, renewed.fresh)
    made = _Fresh(
        scored=renewed.scored,
        scores=renewed.scores,
        exposure=reached.exposure[own],
        free=reached.free[own],
        severity_chain=reached.severity_chain[own],
        salience_rank=np.full(renewed.scored.shape, BY_REGISTER, dtype=np.int64),
        urgency=renewed.urgency,
    )
    return records_of(made, in_remedy, 0, len(own))


def _positions(before: Records) -> Ints:
    """The positions of all risks of some nodes in the whole run."""
    ranks = before["salience_rank"].astype(np.int64)
    return ranks[ranks > 0] - 1


def _differ(some: Records, others: Records) -> Bools:
    """Records that differ from those, besides their ranks."""
    one, another = some.copy(), others.copy()
    one["salience_rank"] = another["salience_rank"] = 0
    width = one.dtype.itemsize
    differs: Bools = (
        one.view(np.uint8).reshape(-1, width) != another.view(np.uint8).reshape(-1, width)
    ).any(axis=1)
    return differs


def _shifted(before: RegisterChanges, after: RegisterChanges) -> Ints:
    """Places of risks that had come in before and whose numbers in order are others now."""
    _, at, there = np.intersect1d(before.came.pair, after.came.pair, return_indices=True)
    other = before.came.orders[at] != after.came.orders[there]
    return np.unique(before.came.place[at[other]]).astype(np.int64)


def _highest_index(records: Records) -> Floats:
    scored = records["residual_band"] >= 0
    index = np.where(scored, records["residual_index"], -1.0).max(axis=1, initial=-1.0)
    return np.where(index < 0, np.nan, index)
