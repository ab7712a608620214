"""Risk propagation along links: exposure, linkage, severity upstream (RM-2.0 section 11).

Everything works on (nodes, issues) arrays in the order of a `Network`, a level at a time;
`network.plan.to_plan` and `from_plan` convert from and to the order of the map.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from supply_chain import lazy
from supply_chain.risk.blocks import pass_round, solve_circle
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.propagation import MANY_LINKS, flow_in, runs
from supply_chain.risk.rm2.chain_parameters import CHAIN, as_compared
from supply_chain.risk.rm2.compiled import Loops, ready_loops
from supply_chain.risk.rm2.folding import folded
from supply_chain.risk.rm2.network import Circles, Network, levels_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def proof_gap(network: Network, residual: Floats, flows: slice | Ints) -> Floats:
    """g of unproven flows: what their missing proof counts at least (section 11.2).

    Args:
        residual: (nodes, issues) L_res, 0-1, in plan order.
        flows: rows of `network.unproven`.

    Returns:
        (flows, issues), 0-1.
    """
    unproven = network.unproven
    own = np.take(residual, unproven.supplier[flows], axis=0)
    gap = np.take(network.unknown, unproven.origin[flows], axis=0)
    gap -= own
    np.maximum(gap, 0.0, out=gap)
    np.subtract(1, own, out=own)
    # At L_res = 1 the gap is 0, whatever it is divided by.
    gap /= np.maximum(own, np.finfo(np.float64).tiny, out=own)
    gap *= unproven.doubt[flows, None]
    return gap


def exposure(network: Network, residual: Floats) -> Floats:
    """E of every node, the least solution of section 11.1.

    `E(v) = L_res(v) + (1 - L_res(v)) * sum_u w(v,u) * ((1 - g) E(u) + g)`

    Args:
        residual: (nodes, issues) L_res, 0-1, in plan order.

    Returns:
        (nodes, issues) in plan order, from L_res to 1.
    """
    return exposed_sources(network, residual)[: network.nodes]


def exposed_sources(network: Network, residual: Floats) -> Floats:
    """(sources, issues) E of every node, then what each unproven flow counts as."""
    own, loops = np.ascontiguousarray(residual), _loops(network)
    sources = np.zeros((network.sources, own.shape[1]))
    reads = replace(network.plan, weight_place=network.source)
    for level, circles, flows in levels_of(network):
        if loops:
            loops.plain.expose(reads, level.nodes, own, sources)
        else:
            for run in runs(level.nodes, own.shape[1]):
                flow_in(network.weights_of(run), own[run], sources, out=sources[run])
        if circles:
            sources[circles.members] = _expose_circles(network, circles, own, sources, loops)
        if loops:
            loops.expose_flows(flows.start, flows.stop, network.flow_rows, own, sources)
        else:
            expose_flows(network, flows, own, sources)
    return sources


def _loops(network: Network) -> Loops | None:
    """Compiled loops, where they are there and worth it."""
    return ready_loops() if len(network.source) >= MANY_LINKS else None


def expose_flows(network: Network, flows: slice, own: Floats, sources: Floats) -> None:
    """Values of unproven flows, `(1 - g) E + g`, from E of their suppliers."""
    for run in runs(flows, own.shape[1]):
        gap = proof_gap(network, own, run)
        exposed = np.take(sources, network.unproven.supplier[run], axis=0)
        gap *= 1 - exposed
        np.add(exposed, gap, out=_rows_of_flows(network, sources, run))


def _rows_of_flows(network: Network, sources: Floats, run: slice) -> Floats:
    return sources[network.nodes + run.start : network.nodes + run.stop]


def _expose_circles(
    network: Network, circles: Circles, residual: Floats, sources: Floats, loops: Loops | None
) -> Floats:
    """E of the members of the circles of a level."""
    own = residual[circles.members]
    inflow = np.empty(own.shape)
    flow_in(circles.outside, own, sources, out=inflow)
    is_unproven = bool((circles.flow >= 0).any())
    return solve_circles(network, circles, residual, inflow, by_issue=is_unproven, loops=loops)


def solve_circles(
    network: Network,
    circles: Circles,
    residual: Floats,
    inflow: Floats,
    *,
    by_issue: bool,
    loops: Loops | None = None,
) -> Floats:
    """E of the members of some circles of one level.

    Args:
        inflow: (members, issues) `L_res + (1 - L_res) * flow from outside`.
        by_issue: some link inside a circle of the level is unproven, so that weights differ.
        loops: compiled, where the circles are many.
    """
    own, inside = residual[circles.members], circles.inside
    if not by_issue:
        return _solve(inside, own, inflow, circles.starts)
    at = np.flatnonzero(circles.flow >= 0)
    gap = np.zeros((inside.nnz, own.shape[1]))
    gap[at] = proof_gap(network, residual, circles.flow[at])
    link = np.arange(inside.nnz)
    unproven = lazy.sparse.csr_array(
        (inside.data, link, inside.indptr), shape=(len(own), inside.nnz)
    )
    inflow += (1 - own) * (unproven @ gap)
    weights = inside.data[:, None] * (1 - gap)
    return _solve_by_issue(circles, weights, own, inflow, loops)


def _solve_by_issue(
    circles: Circles, weights: Floats, own: Floats, inflow: Floats, loops: Loops | None
) -> Floats:
    """Circles whose weights differ between issues: each issue is a system of its own.

    Args:
        weights: (links inside, issues) `w (1 - g)`.
        own, inflow: (members, issues).
    """
    parts = circles, weights, own, inflow
    result, settled = _pass_by_loops(loops, *parts) if loops else _pass_by_arrays(*parts)
    inside, stops = circles.inside, np.append(circles.starts[1:], len(own))
    for one, issue in np.argwhere(~settled).tolist():
        run = slice(int(circles.starts[one]), int(stops[one]))
        entries = np.ascontiguousarray(weights[:, issue]), inside.indices, inside.indptr
        matrix: csr_array = lazy.sparse.csr_array(entries, shape=inside.shape)[run, run]
        column = slice(issue, issue + 1)
        result[run, column] = solve_circle(matrix, own[run, column], inflow[run, column])
    return np.clip(result, 0.0, 1.0, out=result)


def _pass_by_loops(
    loops: Loops, circles: Circles, weights: Floats, own: Floats, inflow: Floats
) -> tuple[Floats, Bools]:
    """(members, issues) E and (circles, issues) whether it settled."""
    result = np.empty(own.shape)
    settled = np.zeros((len(circles.starts), own.shape[1]), dtype=np.bool_)
    starts, inside = np.append(circles.starts, len(own)), circles.inside
    links = inside.indptr.astype(np.int64), inside.indices.astype(np.int64), weights
    loops.pass_round(starts, *links, own, inflow, result, settled)
    return result, settled


def _pass_by_arrays(
    circles: Circles, weights: Floats, own: Floats, inflow: Floats
) -> tuple[Floats, Bools]:
    """The same: members times issues are one system."""
    (members, issues), inside = own.shape, circles.inside
    first = np.arange(issues)[:, None]
    column = (first * members + inside.indices).ravel()
    begin = np.append((first * inside.nnz + inside.indptr[:-1]).ravel(), weights.size)
    states = lazy.sparse.csr_array((weights.T.ravel(), column, begin), shape=(own.size,) * 2)
    result, settled = pass_round(
        states,
        own.T.reshape(-1, 1),
        inflow.T.reshape(-1, 1),
        starts=(first * members + circles.starts).ravel(),
    )
    return result.reshape(issues, members).T.copy(), settled.reshape(issues, -1).T


def _solve(inside: csr_array, own: Floats, inflow: Floats, starts: Ints) -> Floats:
    """E of members of circles; circles where passing round is slow are solved one by one."""
    result, settled = pass_round(inside, own, inflow, starts=starts)
    stops = np.append(starts[1:], len(own))
    for at in np.flatnonzero(~settled).tolist():
        run = slice(int(starts[at]), int(stops[at]))
        result[run] = solve_circle(inside[run, run], own[run], inflow[run])
    return np.clip(result, 0.0, 1.0, out=result)


def linkage(network: Network, residual: Floats) -> Floats:
    """LAM of every node, whether risk is linked at all (sections 11.3 and 11.6).

    Nodes reached by two paths count on both, so LAM is an upper bound.

    Args:
        residual: (nodes, issues) L_res, 0-1, in plan order.

    Returns:
        (nodes, issues) in plan order, 0-1.
    """
    return np.subtract(1, free_sources(network, residual)[: network.nodes])


def free_sources(network: Network, residual: Floats) -> Floats:
    """(sources, issues) 1 - LAM of every node, then 1 - LAM' of each unproven flow."""
    own = np.ascontiguousarray(residual)
    free = np.empty((network.sources, own.shape[1]))
    loops, plan = _loops(network), network.plan
    if loops is None:
        _link_by_arrays(network, own, free)
        return free
    links = (plan.weight_starts, network.source, network.role)
    sets = np.append(plan.set_starts, network.nodes)
    for level, _, flows in levels_of(network):
        loops.link_sets(level.sets.start, level.sets.stop, sets, *links, own, free)
        loops.link_flows(flows.start, flows.stop, network.flow_rows, own, free)
    return free


def _link_by_arrays(network: Network, own: Floats, free: Floats) -> None:
    """The same, level by level; `free` (sources, issues) is written to."""
    np.subtract(1, own, out=free[: network.nodes])
    terms = ((network.proven_terms, np.multiply), (network.other_terms, np.minimum))
    for at, (_, circles, flows) in enumerate(levels_of(network)):
        for groups, function in terms:
            for buyers, term in folded(groups, at, function, free, groups.source):
                term *= np.take(free, buyers, axis=0)
                free[buyers] = term
        if circles:
            _share_in_circles(circles, np.multiply, free)
        free_flows(network, flows, own, free)


def free_flows(network: Network, flows: slice, own: Floats, free: Floats) -> None:
    """`1 - LAM'` of unproven flows, `(1 - g) (1 - LAM)`, from those of their suppliers."""
    for run in runs(flows, own.shape[1]):
        gap = proof_gap(network, own, run)
        np.subtract(1, gap, out=gap)
        gap *= np.take(free, network.unproven.supplier[run], axis=0)
        _rows_of_flows(network, free, run)[:] = gap


def _share_in_circles(circles: Circles, function: np.ufunc, values: Floats) -> None:
    """Give every member of a circle what the values of all its members are together."""
    together = function.reduceat(values[circles.members], circles.starts, axis=0)
    sizes = np.diff(circles.starts, append=len(circles.members))
    values[circles.members] = np.repeat(together, sizes, axis=0)


def severity_upstream(network: Network, severity: Floats, exposed: Floats) -> Floats:
    """S_chain of every node: the worst severity among suppliers of some exposure (11.5).

    Args:
        severity: (nodes, issues) S, 1-5, 0 where a node is not scored; in plan order.
        exposed: (nodes, issues) E in plan order.

    Returns:
        (nodes, issues) in plan order; members of a circle share the highest.
    """
    least = CHAIN.propagation.severity_from_exposure
    result, passed_on = severity.copy(), np.zeros(severity.shape)
    for at, (level, circles, _) in enumerate(levels_of(network)):
        for groups in (network.proven_terms, network.other_terms):
            for buyers, worst in folded(groups, at, np.maximum, passed_on, groups.supplier):
                result[buyers] = np.maximum(worst, result[buyers], out=worst)
        if circles:
            _share_in_circles(circles, np.maximum, result)
        for run in runs(level.nodes, severity.shape[1]):
            matters = as_compared(exposed[run]) >= least
            np.multiply(result[run], matters, out=passed_on[run])
    return result
