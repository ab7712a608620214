"""Compiled inner loops of exposure and linkage, as machine code (RM-2.0 section 11).

As in `supply_chain.risk.compiled`, a thread compiles them at the first call; until they are
ready, or where numba cannot be loaded, arrays compute the result, identical to the last bit.
"""

import importlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.blocks import LOOK, PASSES, SETTLED
from supply_chain.risk.compiled import Loops as PlainLoops
from supply_chain.risk.compiled import wait_for_loops as wait_for_plain_loops
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.plan import Places

TINY = float(np.finfo(np.float64).tiny)
INSIDE, PROVEN, OTHER = 0, 1, 2
"""Role of a link in linkage: inside a circle it has none."""

FlowRows = tuple[Places, Floats, Places, Floats]
"""Unproven flows: place of the supplier, doubt and row of U of each; U."""


@dataclass(frozen=True)
class Loops:
    """All loops, compiled or, in tests, as written below."""

    plain: PlainLoops  # those of a map where everything is proven
    expose_flows: Callable[..., None]
    link_flows: Callable[..., None]
    link_sets: Callable[..., None]
    pass_round: Callable[..., None]


def ready_loops() -> Loops | None:
    """The loops, or None while they are being made or where they cannot be."""
    making = _making()
    return making.result() if making.done() and not making.exception() else None


def wait_for_loops() -> Loops:
    """The loops, waited for. Raises what keeps them from being made."""
    return _making().result()


@cache
def _making() -> Future[Loops]:
    executor = ThreadPoolExecutor(1, "rm2-loops")
    making = executor.submit(_make)
    executor.shutdown(wait=False)
    return making


def _make() -> Loops:
    # Loaded here and not above: it costs some 60 MB, which only processes that ask should have.
    numba = importlib.import_module("numba")
    types = numba.types

    def kept(kind: Any, dimensions: int = 1) -> Any:
        """An array that is only read, perhaps mapped from a file at an odd place."""
        return types.Array(kind, dimensions, "C", readonly=True, aligned=False)

    rows, numbers, table = kept(types.int32), kept(types.float64), kept(types.float64, 2)
    values = types.Array(types.float64, 2, "C")
    run = (types.int64, types.int64)
    flows = (*run, types.Tuple((rows, numbers, rows, table)), table, values)
    links = (kept(types.int64), rows, rows, kept(types.int8))
    places = kept(types.int64)
    circles = (places, places, places, table, table, table)
    settled = types.Array(types.boolean, 2, "C")

    def made(function: Callable[..., None], *arguments: Any) -> Callable[..., None]:
        # Without the liberties that would move the last bit, and while other threads run.
        loop: Callable[..., None] = numba.njit(
            types.void(*arguments), nogil=True, error_model="numpy"
        )(function)
        return loop

    return Loops(
        plain=wait_for_plain_loops(),
        expose_flows=made(expose_flows, *flows),
        link_flows=made(link_flows, *flows),
        link_sets=made(link_sets, *run, *links, table, values),
        pass_round=made(pass_round, *circles, values, settled),
    )


def expose_flows(first: int, stop: int, flows: FlowRows, own: Floats, sources: Floats) -> None:
    """Values of a run of unproven flows, `(1 - g) E + g`, from E of their suppliers.

    Args:
        own: (nodes, issues) L_res.
        sources: (nodes + flows, issues); rows of flows are written to.
    """
    nodes, issues = own.shape
    supplier, doubt, origin, unknown = flows
    for flow in range(first, stop):
        place, u, part, row = supplier[flow], origin[flow], doubt[flow], nodes + flow
        for issue in range(issues):
            gap = max(unknown[u, issue] - own[place, issue], 0.0)
            gap = gap / max(1 - own[place, issue], TINY) * part
            exposed = sources[place, issue]
            sources[row, issue] = exposed + gap * (1 - exposed)


def link_flows(first: int, stop: int, flows: FlowRows, own: Floats, free: Floats) -> None:
    """`1 - LAM'` of a run of unproven flows, `(1 - g) (1 - LAM)`; arguments as above."""
    nodes, issues = own.shape
    supplier, doubt, origin, unknown = flows
    for flow in range(first, stop):
        place, u, part, row = supplier[flow], origin[flow], doubt[flow], nodes + flow
        for issue in range(issues):
            gap = max(unknown[u, issue] - own[place, issue], 0.0)
            gap = gap / max(1 - own[place, issue], TINY) * part
            free[row, issue] = (1 - gap) * free[place, issue]


def link_sets(
    first: int,
    stop: int,
    sets: Ints,
    begins: Places,
    source: Places,
    role: NDArray[np.int8],
    own: Floats,
    free: Floats,
) -> None:
    """`1 - LAM` of the places of a run of sets, in turn.

    Args:
        sets: (sets + 1,) first place of each set, then the number of places.
        begins: (nodes + 1,) where the links of each place begin.
        source, role: (links,) row that the link reads; INSIDE, PROVEN or OTHER.
        own: (nodes, issues) L_res.
        free: (nodes + flows, issues); rows of places are written to.
    """
    issues = own.shape[1]
    proven, others, together = np.empty(issues), np.empty(issues), np.empty(issues)
    for one in range(first, stop):
        together[:] = 1.0
        for place in range(sets[one], sets[one + 1]):
            proven[:] = 1.0
            others[:] = 1.0
            for at in range(begins[place], begins[place + 1]):
                row = source[at]
                if role[at] == PROVEN:
                    for issue in range(issues):
                        proven[issue] *= free[row, issue]
                elif role[at] == OTHER:
                    for issue in range(issues):
                        others[issue] = min(others[issue], free[row, issue])
            for issue in range(issues):
                together[issue] *= others[issue] * (proven[issue] * (1 - own[place, issue]))
        for place in range(sets[one], sets[one + 1]):
            free[place, :] = together


def pass_round(
    starts: Ints,
    begins: Ints,
    column: Ints,
    weight: Floats,
    own: Floats,
    inflow: Floats,
    exposed: Floats,
    settled: Bools,
) -> None:
    """`supply_chain.risk.blocks.pass_round` where the weights differ between issues.

    Args:
        starts: (circles + 1,) first member of each circle, then the number of members.
        begins: (members + 1,) where the links of each member begin.
        column: (links,) the member that a link comes from.
        weight: (links, issues) `w (1 - g)`.
        own, inflow: (members, issues) L_res; `L_res + (1 - L_res) * flow from outside`.
        exposed: (members, issues) E, written to.
        settled: (circles, issues) whether E hardly changed any more, written to.
    """
    for one in range(len(starts) - 1):
        first, size = starts[one], starts[one + 1] - starts[one]
        before, after = np.empty(size), np.empty(size)
        for issue in range(own.shape[1]):
            after[:] = inflow[first : first + size, issue]
            for _ in range(PASSES // LOOK):
                for _ in range(LOOK):
                    before, after = after, before
                    for member in range(size):
                        row, into = first + member, 0.0
                        for at in range(begins[row], begins[row + 1]):
                            into += weight[at, issue] * before[column[at] - first]
                        after[member] = into * (1 - own[row, issue]) + inflow[row, issue]
                is_still = True
                for member in range(size):
                    moved = abs(after[member] - before[member])
                    is_still = is_still and moved <= SETTLED * after[member]
                if is_still:
                    settled[one, issue] = True
                    break
            exposed[first : first + size, issue] = after
