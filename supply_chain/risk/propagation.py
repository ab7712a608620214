"""Risk propagation along links: exposure, linkage, severity upstream (RM-1.0 section 11).

Everything works on (nodes, issues) arrays in the order of a `Plan`, a level at a time;
`Plan.to_plan` and `Plan.from_plan` convert from and to the order of the map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from supply_chain import lazy
from supply_chain.risk.blocks import pass_round, solve_circle, visits
from supply_chain.risk.compiled import Loops, ready_loops
from supply_chain.risk.factors import rounded
from supply_chain.risk.method import METHOD, Floats, Ints
from supply_chain.risk.plan import Level, Plan

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CELLS = 131_072  # numbers worked on at a time, so that they stay in the processor's cache
MANY_TERMS = 64  # sets with more terms are folded one by one
WIDE = 4  # columns from which terms are folded step by step
MANY_LINKS = 50_000  # from which loops are worth their compiler; arrays take few ms below

Term = Callable[[Ints | slice], Floats]


def exposure(plan: Plan, residual: Floats) -> Floats:
    """E of every node: the least solution of `(I - diag(1 - L_res) W) E = L_res` (11.1).

    Args:
        residual: (nodes, issues) L_res, 0-1, in plan order.
    """
    result = np.zeros(residual.shape)
    if loops := _loops(plan):
        _expose_by_loops(loops, plan, residual, result)
        return result
    for level in plan.levels:
        for run in runs(level.nodes, residual.shape[1]):
            flow_in(_part(level, run), residual[run], result, out=result[run])
        if len(level.members):
            result[level.members] = _circles(level, residual[level.members], result)
    return result


def _loops(plan: Plan) -> Loops | None:
    """Compiled loops, where they are there and worth it."""
    return ready_loops() if len(plan.weight_place) >= MANY_LINKS else None


def _expose_by_loops(loops: Loops, plan: Plan, residual: Floats, result: Floats) -> None:
    """The same with levels without circles in one compiled loop."""
    begin = 0
    for level in plan.levels:
        if len(level.members) or level is plan.levels[-1]:
            run = slice(begin, level.nodes.stop)
            loops.expose(plan, run, residual, result)
            begin = run.stop
        if len(level.members):
            result[level.members] = _circles(level, residual[level.members], result)


def flow_in(weights: csr_array, own: Floats, exposed: Floats, *, out: Floats) -> None:
    """E of some nodes from their own L_res and E of their suppliers.

    Args:
        weights: (nodes, k) of the first k rows of `exposed`.
    """
    known = exposed[: weights.shape[1]]
    # One column as a vector: the product is then the faster one of matrix and vector.
    inflow = (weights @ known[:, 0])[:, None] if known.shape[1] == 1 else weights @ known
    inflow *= 1 - own
    inflow += own
    np.clip(inflow, 0.0, 1.0, out=out)


def runs(whole: slice, width: int) -> Iterator[slice]:
    """A run of rows in parts that fit in the processor's cache."""
    step = max(1, CELLS // max(width, 1))
    for start in range(whole.start, whole.stop, step):
        yield slice(start, min(start + step, whole.stop))


def _part(level: Level, run: slice) -> csr_array:
    """Rows of the weights of a level, as views."""
    weights, first = level.weights, level.nodes.start
    begin = weights.indptr[run.start - first : run.stop - first + 1]
    at = slice(int(begin[0]), int(begin[-1]))
    parts = (weights.data[at], weights.indices[at], begin - begin[0])
    return lazy.sparse.csr_array(parts, shape=(run.stop - run.start, weights.shape[1]))


def _circles(level: Level, residual: Floats, exposed: Floats) -> Floats:
    """E of the members of the circles of a level."""
    inflow = np.empty(residual.shape)
    flow_in(level.outside, residual, exposed, out=inflow)
    starts = np.array([circle.start for circle in level.circles])
    result, settled = pass_round(level.inside, residual, inflow, starts=starts)
    for circle in compress(level.circles, ~settled):
        inside = level.inside[circle, circle]
        result[circle] = solve_circle(inside, residual[circle], inflow[circle])
    return np.clip(result, 0.0, 1.0, out=result)


def linkage(plan: Plan, residual: Floats) -> Floats:
    """LAM of every node, whether risk is linked at all (11.2, circles as in 11.5)."""
    loops = _loops(plan)
    if loops and residual.shape[1] > 1:
        return loops.link_issues(plan, residual)
    free = 1 - residual
    result = free if plan.without_circles else by_set(plan, np.multiply, free)
    np.subtract(1, result, out=result)  # in place: new memory costs as much as the numbers
    terms = plan.terms
    if loops:
        loops.link(plan, result[:, 0])
        return _spread(plan, result)
    away = -terms.flow

    def term(at: Ints | slice) -> Floats:
        found = np.take(result, terms.supplier[at], axis=0)
        found *= away[at, None]
        found += 1
        return found

    for run, product in _folded(plan, np.multiply, term, residual.shape[1]):
        product *= 1 - result[run]
        np.subtract(1, product, out=result[run])
    return _spread(plan, result)


def severity_upstream(plan: Plan, severity: Floats, exposed: Floats) -> Floats:
    """S_chain of every node: the worst severity whose flow matters (11.4).

    Args:
        severity: (nodes, issues) S, 1-5, 0 where a node is not scored; in plan order.
        exposed: (nodes, issues) E in plan order.
    """
    policy = METHOD.policy
    result, terms = by_set(plan, np.maximum, severity), plan.terms

    def term(at: Ints | slice) -> Floats:
        flow = np.take(exposed, terms.place[at], axis=0)
        flow *= terms.share[at, None]
        matters = rounded(flow) >= policy.chain_threshold
        return np.take(result, terms.supplier[at], axis=0) * matters

    for run, worst in _folded(plan, np.maximum, term, severity.shape[1]):
        np.maximum(result[run], worst, out=result[run])
    return _spread(plan, result)


def _folded(
    plan: Plan, function: np.ufunc, term: Term, width: int
) -> Iterator[tuple[slice, Floats]]:
    """Runs of sets above the lowest level, each with its terms folded into one row a set.

    Every set there has terms, and in a level those with most terms come first. Folding the first
    terms of all sets with their second, then with their third, is several times as fast as set by
    set, where there are many columns and no set with very many terms.
    """
    starts = plan.terms.starts
    for level in plan.levels[1:]:
        sizes = np.diff(starts[level.sets.start : level.sets.stop + 1])
        large = int(np.searchsorted(-sizes, -MANY_TERMS)) if width >= WIDE else len(sizes)
        middle = level.sets.start + large
        for run in runs(slice(level.sets.start, middle), width * 4):
            begin = starts[run.start : run.stop + 1]
            terms = term(slice(int(begin[0]), int(begin[-1])))
            yield run, function.reduceat(terms, begin[:-1] - begin[0], axis=0)
        for run in runs(slice(middle, level.sets.stop), width):
            begin = starts[run.start : run.stop + 1]
            yield run, _step_by_step(begin[:-1], np.diff(begin), function, term)


def _step_by_step(first: Ints, sizes: Ints, function: np.ufunc, term: Term) -> Floats:
    """The terms of some sets folded; sizes fall. `first`: where the terms of each set begin."""
    folded = term(first)
    with_more = np.searchsorted(-sizes, -np.arange(1, sizes[0]), side="left")
    for step, count in enumerate(with_more.tolist(), start=1):
        part = folded[:count]
        function(part, term(first[:count] + step), out=part)
    return folded


def by_set(plan: Plan, function: np.ufunc, values: Floats) -> Floats:
    """Values of the members of each set, joined; most sets are one node and only copied."""
    if plan.without_circles:
        return values.copy()
    joined = np.take(values, plan.set_starts, axis=0)
    sizes = np.diff(plan.set_starts, append=len(plan.order))
    if (sizes > 1).any():
        inner = sizes[sizes > 1]
        members = np.take(values, np.flatnonzero(np.repeat(sizes > 1, sizes)), axis=0)
        joined[sizes > 1] = function.reduceat(members, np.cumsum(inner) - inner, axis=0)
    return joined


def _spread(plan: Plan, values: Floats) -> Floats:
    if plan.without_circles:
        return values
    sizes = np.diff(plan.set_starts, append=len(plan.order))
    return np.repeat(values, sizes, axis=0)


def origin_contributions(plan: Plan, residual: Floats, row: int) -> Floats:
    """Contribution of each node to E of the node at `row` of the map (11.1).

    Args:
        residual: (nodes,) L_res for one issue, in the order of the map.

    Returns:
        (nodes,) in the order of the map, >= 0, with sum E(row).
    """
    own = plan.to_plan(residual)
    exposed = exposure(plan, own[:, None])[:, 0]
    weight = np.zeros(len(own))
    weight[plan.place[row]] = 1.0
    for level in reversed(plan.levels):
        run, members = level.nodes, level.members
        for circle in level.circles:
            at = members[circle]
            if weight[at].any():
                inside = level.inside[circle, circle]
                weight[at] = visits(inside, own[at], weight[at], exposed[at])
        passed = weight[run] * (1 - own[run])
        if passed.any() and level.weights.nnz:
            flow = level.weights.T @ passed
            flow[members] = 0.0  # what circles has been counted at each pass already
            weight[: run.stop] += flow
    return plan.from_plan(weight * own)
