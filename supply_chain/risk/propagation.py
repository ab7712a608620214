"""How risk travels along links: exposure, linkage, severity upstream (RM-1.0 section 11).

Everything works on (nodes, issues) arrays in the order of a `Plan`, a level at a time;
`Plan.to_plan` and `Plan.from_plan` convert from and to the order of the map.
"""

from collections.abc import Iterator

import numpy as np

from supply_chain.risk.blocks import pass_round, solve_circle, visits
from supply_chain.risk.factors import rounded
from supply_chain.risk.method import METHOD, Floats, Ints
from supply_chain.risk.plan import Level, Plan

CHUNK = 1_024  # sets at a time, so that the gathered terms stay in the processor's cache


def exposure(plan: Plan, residual: Floats) -> Floats:
    """E of every node: the least solution of `(I - diag(1 - L_res) W) E = L_res` (11.1).

    Args:
        residual: (nodes, issues) L_res, 0-1, in plan order.
    """
    result = np.zeros(residual.shape)
    for level in plan.levels:
        run = level.nodes
        own = residual[run]
        if not level.weights.nnz:
            result[run] = own
            continue
        inflow = level.weights @ result[: run.stop]
        inflow *= 1 - own
        inflow += own
        result[run] = inflow
        if len(level.members):
            result[level.members] = _circles(level, residual[level.members], result)
    return np.clip(result, 0.0, 1.0, out=result)


def _circles(level: Level, residual: Floats, exposed: Floats) -> Floats:
    inflow = exposed[level.members]
    result, settled = pass_round(level.inside, residual, inflow)
    if not settled:
        for circle in level.circles:
            inside = level.inside[circle, circle]
            result[circle] = solve_circle(inside, residual[circle], inflow[circle])
    return result


def linkage(plan: Plan, residual: Floats) -> Floats:
    """LAM of every node, whether risk is linked at all (11.2, circles as in 11.5)."""
    result = 1 - _by_set(plan, np.multiply, 1 - residual)
    for part, ends, begins in _runs(plan):
        terms = np.take(result, plan.terms.supplier[ends], axis=0)
        terms *= -plan.terms.flow[ends, None]
        terms += 1
        product = np.multiply.reduceat(terms, begins, axis=0)
        result[part] = 1 - (1 - result[part]) * product
    return _spread(plan, result)


def severity_upstream(plan: Plan, severity: Floats, exposed: Floats) -> Floats:
    """S_chain of every node: the worst severity whose flow matters (11.4).

    Args:
        severity: (nodes, issues) S, 1-5, 0 where a node is not scored; in plan order.
        exposed: (nodes, issues) E in plan order.
    """
    policy = METHOD.policy
    result = _by_set(plan, np.maximum, severity)
    for part, ends, begins in _runs(plan):
        flow = np.take(exposed, plan.terms.place[ends], axis=0)
        flow *= plan.terms.share[ends, None]
        matters = rounded(flow) >= policy.chain_threshold
        terms = np.take(result, plan.terms.supplier[ends], axis=0) * matters
        result[part] = np.maximum(result[part], np.maximum.reduceat(terms, begins, axis=0))
    return _spread(plan, result)


def _by_set(plan: Plan, function: np.ufunc, values: Floats) -> Floats:
    """Values of the members of each set, joined; most sets are one node and only copied."""
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


def _runs(plan: Plan) -> Iterator[tuple[slice, slice, Ints]]:
    """Runs of sets above the lowest level, each with its terms; every set there has some."""
    for level in plan.levels[1:]:
        for start in range(level.sets.start, level.sets.stop, CHUNK):
            stop = min(start + CHUNK, level.sets.stop)
            begins = plan.terms.starts[start:stop]
            ends = slice(int(begins[0]), int(plan.terms.starts[stop]))
            yield slice(start, stop), ends, begins - begins[0]


def origin_contributions(plan: Plan, residual: Floats, row: int) -> Floats:
    """What each node contributes to E of the node at `row` of the map (11.1).

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
