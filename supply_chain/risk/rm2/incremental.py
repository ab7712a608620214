"""Incremental propagation after few nodes changed, through their buyers alone (RM-2.0 section 11).

Levels are processed from the lowest affected one. A buyer whose numbers are unchanged
to the last bit passes nothing on. The result equals a whole run to the last bit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from supply_chain import lazy
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.plan import Places, Plan
from supply_chain.risk.propagation import flow_in
from supply_chain.risk.rm2.chain_parameters import CHAIN, as_compared
from supply_chain.risk.rm2.compiled import INSIDE, OTHER, PROVEN
from supply_chain.risk.rm2.network import Circles, Network
from supply_chain.risk.rm2.propagation import (
    expose_flows,
    exposed_sources,
    free_flows,
    free_sources,
    severity_upstream,
    solve_circles,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ALONE = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Flow:
    """Values of nodes and unproven flows, (rows, issues) in plan order. Changed in place."""

    residual: Floats  # (nodes, issues) L_res, 0 where a pair is not scored
    severity: Floats  # (nodes, issues) S, 0 where a pair is not scored
    exposed: Floats  # (sources, issues) E of nodes, then what unproven flows count as
    free: Floats  # (sources, issues) 1 - LAM of nodes, then of unproven flows
    upstream: Floats  # (nodes, issues) S_chain, 0 where nothing upstream is scored either

    @classmethod
    def of(cls, network: Network, residual: Floats, severity: Floats) -> Flow:
        """A whole run, from L_res and S in plan order."""
        exposed = exposed_sources(network, residual)
        upstream = severity_upstream(network, severity, exposed[: network.nodes])
        return cls(residual, severity, exposed, free_sources(network, residual), upstream)


def change_nodes(
    network: Network, flow: Flow, at: Ints, residual: Floats, severity: Floats
) -> Ints:
    """Give some nodes other scores of their own and bring all behind them up to date.

    Args:
        flow: of this network; its arrays are written to.
        at: (k,) places of the nodes.
        residual, severity: (k, issues) L_res and S from now on.

    Returns:
        Places of which any number changed, and those of `at`; rising.
    """
    plan = network.plan
    flow.residual[at], flow.severity[at] = residual, severity
    waiting: dict[int, list[Ints]] = defaultdict(list)
    _add(plan, waiting, np.unique(np.searchsorted(plan.set_starts, at, side="right") - 1))
    moved = [at]
    for level in range(len(plan.level_sets) - 1):
        if level not in waiting:
            continue
        sets = np.unique(np.concatenate(waiting.pop(level)))
        places, changed = _renew(network, flow, level, sets)
        moved.append(places)
        if len(changed):
            starts, buyers = plan.buyers
            _add(plan, waiting, buyers[_spans(starts, changed)[0]].astype(np.int64))
    return np.unique(np.concatenate(moved))


def _add(plan: Plan, waiting: dict[int, list[Ints]], sets: Ints) -> None:
    level = np.searchsorted(plan.level_sets, sets, side="right") - 1
    for one in np.unique(level).tolist():
        waiting[one].append(sets[level == one])


def _spans(starts: Ints | Places, rows: Ints) -> tuple[Ints, Ints]:
    """Positions of all entries of some rows, and where each row begins among them."""
    first = starts[rows].astype(np.int64)
    sizes = starts[rows + 1] - first
    begin = np.cumsum(sizes) - sizes
    return np.repeat(first - begin, sizes) + np.arange(sizes.sum()), begin


@dataclass(frozen=True)
class _Touched:
    """Some sets of one level, rising, with the places of all their members."""

    sets: Ints
    places: Ints
    begin: Ints  # (sets,) where the places of each set begin
    sizes: Ints  # (sets,) members; most sets are one node

    @classmethod
    def of(cls, plan: Plan, sets: Ints) -> _Touched:
        last = len(plan.set_starts) - 1
        first = plan.set_starts[sets]
        after = np.where(sets == last, len(plan.order), plan.set_starts[np.minimum(sets + 1, last)])
        sizes = after - first
        begin = np.cumsum(sizes) - sizes
        places = np.repeat(first - begin, sizes) + np.arange(sizes.sum())
        return cls(sets, places, begin, sizes)

    def together(self, function: np.ufunc, values: Floats) -> Floats:
        """(places, issues) for each place the values of all members of its set, joined."""
        if self.sizes.max() == 1:
            return values
        joined = np.asarray(function.reduceat(values, self.begin, axis=0))
        return np.repeat(joined, self.sizes, axis=0)


def _renew(network: Network, flow: Flow, level: int, sets: Ints) -> tuple[Ints, Ints]:
    """Recalculate some sets of one level; the places and the sets of which a number changed."""
    touched = _Touched.of(network.plan, sets)
    places = touched.places
    changed = _take(flow.exposed, places, _exposed(network, flow, level, touched))
    links = _Links.of(network, places)
    changed |= _take(flow.free, places, _free(flow, touched, links))
    changed |= _take(flow.upstream, places, _upstream(flow, touched, links))
    changed |= renew_flows(network, flow, places)
    by_set = np.logical_or.reduceat(changed, touched.begin)
    return places[changed], sets[by_set]


def _take(kept: Floats, places: Ints, new: Floats) -> Bools:
    """Write new numbers of some places; which of these differ from those that were kept."""
    differs: Bools = (kept[places] != new).any(axis=1)
    kept[places] = new
    return differs


def renew_flows(network: Network, flow: Flow, places: Ints) -> Bools:
    """Work out the unproven flows from some places; which places have a flow that changed.

    Args:
        flow: L_res, E and LAM of the places are as they are now.
    """
    starts = network.unproven.starts
    differs = np.zeros(len(places), dtype=np.bool_)
    for at in np.flatnonzero(starts[places + 1] > starts[places]).tolist():
        run = slice(int(starts[places[at]]), int(starts[places[at] + 1]))
        rows = slice(network.nodes + run.start, network.nodes + run.stop)
        before = flow.exposed[rows].copy(), flow.free[rows].copy()
        expose_flows(network, run, flow.residual, flow.exposed)
        free_flows(network, run, flow.residual, flow.free)
        after = flow.exposed[rows], flow.free[rows]
        differs[at] = any((b != a).any() for b, a in zip(before, after, strict=True))
    return differs


# ---- exposure --------------------------------------------------------------------------------


def _exposed(network: Network, flow: Flow, level: int, touched: _Touched) -> Floats:
    result = np.empty((len(touched.places), flow.residual.shape[1]))
    single = np.repeat(touched.sizes == 1, touched.sizes)
    if single.any():
        result[single] = _inflow(network, flow, touched.places[single])
    in_circle = touched.sizes > 1
    for start, size in zip(touched.begin[in_circle], touched.sizes[in_circle], strict=True):
        run = slice(int(start), int(start + size))
        result[run] = _circle(network, flow, level, touched.places[run])
    return result


def _inflow(network: Network, flow: Flow, places: Ints) -> Floats:
    """E of some nodes from what their suppliers pass on."""
    at, begin = _spans(network.plan.weight_starts, places)
    starts = np.append(begin, len(at))
    return _flow_into(network, flow, places, at, starts)


def _flow_into(network: Network, flow: Flow, places: Ints, at: Ints, starts: Ints) -> Floats:
    """The same over some links alone, `at`, which begin at `starts` for each place."""
    matrix: csr_array = lazy.sparse.csr_array(
        (network.plan.weight[at], np.arange(len(at)), starts), shape=(len(places), len(at))
    )
    result = np.empty((len(places), flow.residual.shape[1]))
    known = np.take(flow.exposed, network.source[at], axis=0)
    flow_in(matrix, flow.residual[places], known, out=result)
    return result


def _circle(network: Network, flow: Flow, level: int, members: Ints) -> Floats:
    """E of the members of one circle, whose places follow each other."""
    at, begin = _spans(network.plan.weight_starts, members)
    row = np.repeat(np.arange(len(members)), np.diff(begin, append=len(at)))
    is_inside = network.role[at] == INSIDE
    inner, outer = at[is_inside], at[~is_inside]
    inflow = _flow_into(network, flow, members, outer, _starts(row[~is_inside], len(members)))
    column = network.plan.weight_place[inner].astype(np.int64) - int(members[0])
    starts = _starts(row[is_inside], len(members))
    inside: csr_array = lazy.sparse.csr_array(
        (network.plan.weight[inner], column, starts), shape=(len(members), len(members))
    )
    nothing: csr_array = lazy.sparse.csr_array((len(members), 0))
    circle = Circles(members, ALONE, nothing, inside, network.flow[inner])
    by_issue = bool(network.unproven_circles[level])
    return solve_circles(network, circle, flow.residual, inflow, by_issue=by_issue)


def _starts(row: Ints, count: int) -> Ints:
    """Start of the entries of each row; they are sorted by row."""
    return np.append(0, np.cumsum(np.bincount(row, minlength=count)))


# ---- linkage and severity --------------------------------------------------------------------


@dataclass(frozen=True)
class _Links:
    """Links into some places from outside their sets, and inside: one row a link."""

    source: Places  # row that the link reads
    supplier: Places  # place of the supplier
    role: Ints
    begin: Ints  # (places with links,) where the links of each begin
    linked: Ints  # position of these places among all

    @classmethod
    def of(cls, network: Network, places: Ints) -> _Links:
        at, begin = _spans(network.plan.weight_starts, places)
        linked = np.flatnonzero(np.diff(begin, append=len(at)))
        role = network.role[at].astype(np.int64)
        return cls(network.source[at], network.plan.weight_place[at], role, begin[linked], linked)

    def folded(self, function: np.ufunc, terms: Floats, places: int, nothing: float) -> Floats:
        """(places, issues) the terms of the links of each place joined."""
        result = np.full((places, terms.shape[1]), nothing)
        if len(self.linked):
            result[self.linked] = function.reduceat(terms, self.begin, axis=0)
        return result


def _free(flow: Flow, touched: _Touched, links: _Links) -> Floats:
    """1 - LAM: proven flows multiply, of the others the strongest counts (section 11.3)."""
    count, passed = len(touched.places), np.take(flow.free, links.source, axis=0)
    proven = np.where((links.role == PROVEN)[:, None], passed, 1.0)
    result = links.folded(np.multiply, proven, count, 1.0)
    result *= 1 - flow.residual[touched.places]
    others = np.where((links.role == OTHER)[:, None], passed, 1.0)
    result = links.folded(np.minimum, others, count, 1.0) * result
    return touched.together(np.multiply, result)


def _upstream(flow: Flow, touched: _Touched, links: _Links) -> Floats:
    """S_chain: the worst severity among suppliers of some exposure (section 11.5)."""
    exposed = np.take(flow.exposed, links.supplier, axis=0)
    matters = as_compared(exposed) >= CHAIN.propagation.severity_from_exposure
    matters &= (links.role != INSIDE)[:, None]
    passed = np.take(flow.upstream, links.supplier, axis=0) * matters
    worst = links.folded(np.maximum, passed, len(touched.places), 0.0)
    return touched.together(np.maximum, np.maximum(worst, flow.severity[touched.places]))
