"""The records, the register and the counts of a run that rests on a whole one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from supply_chain.chain_columns import NodeColumns
from supply_chain.risk.kept_scores import CHAIN_SCORES, Records, records_of
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.pairs import PairScores
from supply_chain.risk.register_changes import RegisterChanges, order_of
from supply_chain.risk.renewal import Renewed
from supply_chain.risk.run_counts import CountedNodes, RunCounts
from supply_chain.risk.run_state import RunState, country_places
from supply_chain.risk.scoring import contributions, severity_band


@dataclass(frozen=True)
class ChangedRun:
    """What a run of changed nodes keeps; rows are those of the map, rising."""

    rows: Ints
    records: Records  # of these rows
    orders: Ints  # (rows, 16) numbers that put their risks among all others; -1 not scored
    changes: RegisterChanges
    counts: RunCounts


@dataclass(frozen=True)
class _Fresh:
    """The nodes that were scored anew, as `records_of` reads them."""

    scored: Bools
    scores: PairScores
    exposure: Floats
    linkage: Floats
    severity_chain: Floats
    salience_rank: Ints

    @cached_property
    def severity_band(self) -> Ints:
        bands = severity_band(np.nan_to_num(self.scores.severity))
        return np.where(self.scored, bands, -1)

    @cached_property
    def contributions(self) -> Floats:
        return contributions(self.scores.group_score)


def changed_run(
    state: RunState,
    renewed: Renewed,
    before: Records,
    nodes: NodeColumns,
    *,
    rows: Ints,
    touched: Ints,
    in_remedy: Bools,
    tiers: Ints,
) -> ChangedRun:
    """Put together what a run keeps.

    Args:
        rows: rising: those that changed, and those that an earlier run on this base kept.
        before: the records of these rows in the whole run.
        nodes: of the map. tiers: (rows,) of these.
        touched: all nodes of which something new is known since the whole run.
        in_remedy: (fresh, 16) pairs with an open impact that the site told of itself.
    """
    fresh = np.searchsorted(rows, renewed.fresh)
    records = before.copy()
    at = np.searchsorted(rows, renewed.changed)
    for name in CHAIN_SCORES:
        records[name][at] = getattr(renewed, name)
    records[fresh] = _scored_anew(renewed, in_remedy)
    order = np.lexsort((renewed.keys.second, renewed.keys.first))
    node, issue = (index[order] for index in np.nonzero(renewed.scored))
    changes = RegisterChanges(
        touched=touched,
        gone=_gone(before[fresh]),
        at=state.order.positions(renewed.keys.take(order)),
        place=renewed.fresh[node].astype(np.int32),
        issue=issue.astype(np.int8),
        **{column: records[kept][fresh[node], issue] for column, kept in _COLUMNS.items()},
        changed=rows,
        highest_index=_highest_index(records),
    )
    orders = _put_ranks(records, before, changes, at=(fresh[node], issue))
    of_fresh = nodes.take(renewed.fresh), tiers[fresh]
    counts = state.counts.changed(
        _counted(state, before[fresh], *of_fresh), _counted(state, records[fresh], *of_fresh)
    )
    return ChangedRun(rows, records, orders, changes, counts)


_COLUMNS = {
    "severity_band": "severity_band",
    "residual_band": "residual_band",
    "heat_cell": "heat_cell",
    "insufficient": "insufficient_evidence",
}
"""Column of the register -> field of the records."""


def _scored_anew(renewed: Renewed, in_remedy: Bools) -> Records:
    own = np.searchsorted(renewed.changed, renewed.fresh)
    made = _Fresh(
        scored=renewed.scored,
        scores=renewed.scores,
        exposure=renewed.exposure[own],
        linkage=renewed.linkage[own],
        severity_chain=renewed.severity_chain[own],
        salience_rank=np.full(renewed.scored.shape, -1, dtype=np.int64),
    )
    return records_of(made, in_remedy, 0, len(own))


def _gone(before: Records) -> Ints:
    """The positions of all risks of some nodes in the whole run."""
    ranks = before["salience_rank"].astype(np.int64)
    return np.sort(ranks[ranks > 0]) - 1


def _put_ranks(
    records: Records, before: Records, changes: RegisterChanges, *, at: tuple[Ints, Ints]
) -> Ints:
    """Give the records their ranks; numbers that put their risks in order, -1 not scored.

    Args:
        at: row and issue of the risks that came in.
    """
    ranks = before["salience_rank"].astype(np.int64)
    stayed = (ranks > 0) & (records["salience_rank"] > 0)
    orders = np.where(stayed, order_of(ranks), -1)
    records["salience_rank"][stayed] = changes.ranks(ranks[stayed])
    records["salience_rank"][at], orders[at] = changes.new_ranks(), changes.orders()
    return orders


def _highest_index(records: Records) -> Floats:
    scored = records["residual_band"] >= 0
    index = np.where(scored, records["residual_index"], -1.0).max(axis=1, initial=-1.0)
    return np.where(index < 0, np.nan, index)


def _counted(state: RunState, records: Records, nodes: NodeColumns, tiers: Ints) -> RunCounts:
    codes = np.array([code or "" for code in nodes.country], dtype=np.str_)
    counted = CountedNodes(
        severity_band=records["severity_band"],
        residual_band=records["residual_band"],
        heat_cell=records["heat_cell"],
        insufficient=records["insufficient_evidence"],
        confidence=records["confidence"],
        tier=tiers,
        country=country_places(codes, state.countries),
        is_node=np.ones(len(records), dtype=np.bool_),
    )
    shape = state.counts.tiers.shape[0] - 1, len(state.countries)
    return RunCounts.of(counted, tiers=shape[0], countries=shape[1])
