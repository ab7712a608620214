"""Risk travels anew after few nodes changed, through their buyers alone (RM-1.0 section 11).

Levels are worked through from the lowest one that is touched. A buyer whose numbers stay as they
were to the last bit passes nothing on. What comes out equals a whole run to the last bit.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from supply_chain.risk.blocks import pass_round, solve_circle
from supply_chain.risk.factors import rounded
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.plan import Places, Plan
from supply_chain.risk.propagation import exposure, flow_in, linkage, severity_upstream

ALONE = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Flow:
    """What nodes have and what links carry, (nodes, issues) in plan order. Changed in place."""

    residual: Floats  # L_res, 0 where a pair is not scored
    severity: Floats  # S, 0 where a pair is not scored
    exposed: Floats  # E
    linked: Floats  # LAM
    upstream: Floats  # S_chain, 0 where nothing upstream is scored either

    @classmethod
    def of(cls, plan: Plan, residual: Floats, severity: Floats) -> "Flow":
        """A whole run, from L_res and S in plan order."""
        exposed = exposure(plan, residual)
        upstream = severity_upstream(plan, severity, exposed)
        return cls(residual, severity, exposed, linkage(plan, residual), upstream)


def change_nodes(plan: Plan, flow: Flow, at: Ints, residual: Floats, severity: Floats) -> Ints:
    """Give some nodes other scores of their own and bring all behind them up to date.

    Args:
        flow: of this plan; its arrays are written to.
        at: (k,) places of the nodes.
        residual, severity: (k, issues) L_res and S from now on.

    Returns:
        Places of which any number changed, and those of `at`; rising.
    """
    flow.residual[at], flow.severity[at] = residual, severity
    waiting: dict[int, list[Ints]] = defaultdict(list)
    _add(plan, waiting, np.unique(np.searchsorted(plan.set_starts, at, side="right") - 1))
    moved = [at]
    for level in range(len(plan.level_sets) - 1):
        if level not in waiting:
            continue
        sets = np.unique(np.concatenate(waiting.pop(level)))
        places, changed = _renew(plan, flow, sets)
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
    are_single: bool  # all of them are

    @classmethod
    def of(cls, plan: Plan, sets: Ints) -> "_Touched":
        last = len(plan.set_starts) - 1
        first = plan.set_starts[sets]
        after = np.where(sets == last, len(plan.order), plan.set_starts[np.minimum(sets + 1, last)])
        sizes = after - first
        if sizes.max() == 1:
            return cls(sets, first, np.arange(len(sets)), sizes, are_single=True)
        begin = np.cumsum(sizes) - sizes
        places = np.repeat(first - begin, sizes) + np.arange(sizes.sum())
        return cls(sets, places, begin, sizes, are_single=False)

    def highest(self, values: Floats) -> Floats:
        """(sets, issues) the highest of the members of each set."""
        if self.are_single:
            return values
        return np.asarray(np.maximum.reduceat(values, self.begin, axis=0))

    def each(self, values: Floats) -> Floats:
        """(places, issues) the values of the set of each place."""
        return values if self.are_single else np.repeat(values, self.sizes, axis=0)


def _renew(plan: Plan, flow: Flow, sets: Ints) -> tuple[Ints, Ints]:
    """Work some sets of one level out anew; the places and the sets of which a number changed."""
    touched = _Touched.of(plan, sets)
    exposed = _exposed(plan, flow, touched)
    terms = _spans(plan.terms.starts, touched.sets)
    linked = touched.each(_linked(plan, flow, touched, terms))
    upstream = touched.each(_upstream(plan, flow, touched, terms))
    changed: Bools = np.zeros(len(touched.places), dtype=np.bool_)
    for kept, new in (
        (flow.exposed, exposed),
        (flow.linked, linked),
        (flow.upstream, upstream),
    ):
        changed |= (kept[touched.places] != new).any(axis=1)
        kept[touched.places] = new
    by_set = changed if touched.are_single else np.logical_or.reduceat(changed, touched.begin)
    return touched.places[changed], sets[by_set]


def _exposed(plan: Plan, flow: Flow, touched: _Touched) -> Floats:
    if touched.are_single:
        return _inflow(plan, flow, touched.places)
    result = np.empty((len(touched.places), flow.residual.shape[1]))
    single = np.repeat(touched.sizes == 1, touched.sizes)
    if single.any():
        result[single] = _inflow(plan, flow, touched.places[single])
    in_circle = touched.sizes > 1
    for start, size in zip(touched.begin[in_circle], touched.sizes[in_circle], strict=True):
        run = slice(int(start), int(start + size))
        result[run] = _circle(plan, flow, touched.places[run])
    return result


def _inflow(plan: Plan, flow: Flow, places: Ints) -> Floats:
    """E of some nodes from their suppliers; members of circles from those outside alone."""
    at, begin = _spans(plan.weight_starts, places)
    supplier, weight = plan.weight_place[at], plan.weight[at]
    matrix: csr_array = csr_array(
        (weight, np.arange(len(at)), np.append(begin, len(at))), shape=(len(places), len(at))
    )
    result = np.empty((len(places), flow.residual.shape[1]))
    flow_in(matrix, flow.residual[places], np.take(flow.exposed, supplier, axis=0), out=result)
    return result


def _circle(plan: Plan, flow: Flow, members: Ints) -> Floats:
    """E of the members of one circle, whose places follow each other."""
    first, count = int(members[0]), len(members)
    begin = plan.weight_starts[first : first + count + 1]
    run = slice(int(begin[0]), int(begin[-1]))
    rows = np.repeat(np.arange(count), np.diff(begin))
    column = plan.weight_place[run].astype(np.int64) - first
    # The members stand in the highest level that they touch: what is not inside is below.
    within = column >= 0
    weight, own = plan.weight[run], flow.residual[members]
    inside = _matrix(weight[within], rows[within], column[within], (count, count))
    outside, known = ~within, flow.exposed[plan.weight_place[run][~within]]
    inflow = np.empty(own.shape)
    columns = np.arange(len(known))
    flow_in(
        _matrix(weight[outside], rows[outside], columns, (count, len(known))),
        own,
        known,
        out=inflow,
    )
    result, settled = pass_round(inside, own, inflow, starts=ALONE)
    if not settled.all():
        result = solve_circle(inside, own, inflow)
    return np.clip(result, 0.0, 1.0, out=result)


def _matrix(weight: Floats, row: Ints, column: Ints, shape: tuple[int, int]) -> csr_array:
    """A matrix from entries that stand by row, then by column."""
    starts = np.append(0, np.cumsum(np.bincount(row, minlength=shape[0])))
    return csr_array((weight, column, starts), shape=shape)


def _linked(plan: Plan, flow: Flow, touched: _Touched, span: tuple[Ints, Ints]) -> Floats:
    own = 1 - np.multiply.reduceat(1 - flow.residual[touched.places], touched.begin, axis=0)
    at, begin = span
    if not len(at):
        return own
    terms = np.take(flow.linked, plan.terms.place[at], axis=0)
    terms *= -plan.terms.flow[at, None]
    terms += 1
    product = np.multiply.reduceat(terms, begin, axis=0)
    product *= 1 - own
    return 1 - product


def _upstream(plan: Plan, flow: Flow, touched: _Touched, span: tuple[Ints, Ints]) -> Floats:
    own = touched.highest(flow.severity[touched.places])
    at, begin = span
    if not len(at):
        return own
    passed = np.take(flow.exposed, plan.terms.place[at], axis=0)
    passed *= plan.terms.share[at, None]
    matters = rounded(passed) >= METHOD.policy.chain_threshold
    terms = np.take(flow.upstream, plan.terms.place[at], axis=0) * matters
    return np.maximum(own, np.maximum.reduceat(terms, begin, axis=0))
