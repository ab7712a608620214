"""Exposure inside circles of nodes (RM-1.0 section 11.1).

The circles of one level are first solved together by iterating the flow: it shrinks at each
pass and rises, from nothing, to the least solution. Where that is slow, a circle is solved by
itself by elimination without subtractions (Grassmann, Taksar and Heyman 1985), which is exact for
any L_res > 0, however small, and gives 0 where no risk is reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from supply_chain import lazy
from supply_chain.risk.method import Bools, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DENSE = 512  # members up to which a dense elimination is fit
PASSES = 200
LONG_PASSES = 20_000
LOOK = 4  # passes after which it is looked whether circles have settled
SETTLED = 1e-13  # relative change of the last pass


def pass_round(
    inside: csr_array, residual: Floats, inflow: Floats, *, starts: Ints, passes: int = PASSES
) -> tuple[Floats, Bools]:
    """E of members of circles, and which circles settled within `passes`.

    A circle that has settled stays as it is, so its E does not depend on which others are solved
    with it: to the last bit it is what it would be alone.

    Args:
        inside: (k, k) weights between the members.
        residual: (k, issues) L_res.
        inflow: (k, issues) `L_res + (1 - L_res) * flow from outside`.
        starts: (circles,) first member of each circle.
    """
    result, settled = inflow.copy(), np.zeros(len(starts), dtype=np.bool_)
    circle = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(inflow)))
    at, moving = np.arange(len(inflow)), result  # members of circles that have not settled
    keep, entering = 1 - residual, inflow
    for _ in range(passes // LOOK):
        still, moving = _passes(inside, keep, entering, moving)
        result[at] = moving
        began = np.flatnonzero(np.diff(circle[at], prepend=-1))
        settled[circle[at[began]]] = np.logical_and.reduceat(still, began)
        stays = ~settled[circle[at]]
        if not stays.any():
            break
        if not stays.all():
            at, moving, keep, entering = at[stays], moving[stays], keep[stays], entering[stays]
            inside = lazy.sparse.csr_array(inside[stays][:, stays])
    return result, settled


def _passes(
    inside: csr_array, keep: Floats, entering: Floats, result: Floats
) -> tuple[Bools, Floats]:
    """`LOOK` passes: whether each member hardly changed in the last of them, and E after it."""
    for _ in range(LOOK):
        before, result = result, inside @ result
        result *= keep
        result += entering
    still: Bools = np.abs(result - before) <= SETTLED * result
    return np.logical_and.reduce(still, axis=1), result


def solve_circle(inside: csr_array, residual: Floats, inflow: Floats) -> Floats:
    """E of the members of one circle, exact; arguments as in `pass_round`."""
    if len(inflow) <= DENSE:
        moves = (1 - residual).T[:, :, None] * inside.toarray()
        lost = np.maximum(0.0, 1 - inflow.T - moves.sum(axis=2))
        return absorb(moves, inflow.T[:, :, None], lost)[:, :, 0].T
    alone = np.zeros(1, dtype=np.int64)
    result, settled = pass_round(inside, residual, inflow, starts=alone, passes=LONG_PASSES)
    if not settled.all():
        for issue in range(result.shape[1]):
            live = result[:, issue] > 0
            system = _system(inside[live][:, live], residual[live, issue])
            result[live, issue] = lazy.linalg.splu(system.tocsc()).solve(inflow[live, issue])
    return result


def visits(inside: csr_array, residual: Floats, weight: Floats, exposed: Floats) -> Floats:
    """Passes of flow that enters one circle with `weight` at each member, circling included.

    Args: (k, k) weights inside; (k,) L_res; (k,) entering weight; (k,) E.
    Returns: (k,), 0 for members from which nothing leaves the circle, as they contribute nothing.
    """
    if len(weight) > DENSE:
        live, result = exposed > 0, np.zeros(len(weight))
        system = _system(inside[live][:, live], residual[live])
        result[live] = lazy.linalg.splu(system.T.tocsc()).solve(weight[live])
        return result
    weights = inside.toarray()
    leaves = residual + (1 - residual) * np.maximum(0.0, 1 - weights.sum(axis=1))
    moves = ((1 - residual)[:, None] * weights)[None]
    ends = weight @ absorb(moves, np.diag(leaves)[None], np.zeros((1, len(weight))))[0]
    passed: Floats = np.divide(ends, leaves, out=np.zeros(len(weight)), where=leaves > 0)
    return passed


def absorb(moves: Floats, hits: Floats, lost: Floats) -> Floats:
    """Chance to end in each kind of hit, from each of `k` states, in `b` systems at once.

    Args:
        moves: (b, k, k) chance to go from one state to another; changed in place.
        hits: (b, k, kinds) chance to end in a hit.
        lost: (b, k) chance to end in nothing.

    Returns:
        (b, k, kinds); 0 for states that never end.
    """
    hits, lost = hits.copy(), lost.copy()
    size = moves.shape[1]
    pivots = np.zeros(lost.shape)
    for last in range(size - 1, -1, -1):
        out = moves[:, last, :last].sum(axis=1) + hits[:, last].sum(axis=1) + lost[:, last]
        pivots[:, last] = out
        into = moves[:, :last, last]
        ends = (out > 0)[:, None]
        part = np.divide(into, out[:, None], out=np.zeros(into.shape), where=ends)
        moves[:, :last, :last] += part[:, :, None] * moves[:, None, last, :last]
        hits[:, :last] += part[:, :, None] * hits[:, None, last]
        lost[:, :last] += np.where(ends, part * lost[:, last, None], into)
    for state in range(size):
        total = hits[:, state] + (moves[:, state, :state, None] * hits[:, :state]).sum(axis=1)
        pivot = pivots[:, state, None]
        hits[:, state] = np.divide(total, pivot, out=np.zeros(total.shape), where=pivot > 0)
    return hits


def _system(inside: csr_array, residual: Floats) -> csr_array:
    return lazy.sparse.csr_array(
        lazy.sparse.eye_array(len(residual)) - lazy.sparse.diags_array(1 - residual) @ inside
    )
