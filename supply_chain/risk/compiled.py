"""Compiled inner loops along the links, of one issue and of several, as machine code.

Compilation blocks nobody: the first call starts it in a thread, and until the loops are
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

from supply_chain.risk.method import Floats
from supply_chain.risk.plan import Plan


@dataclass(frozen=True)
class Loops:
    """All loops, compiled or, in tests, as written below."""

    expose_places: Callable[..., None]
    expose_rows: Callable[..., None]
    link_sets: Callable[..., None]
    link_rows: Callable[..., None]

    def expose(self, plan: Plan, run: slice, own: Floats, exposed: Floats) -> None:
        """E of a run of places, in turn, from L_res and E of their suppliers.

        Args:
            own, exposed: (nodes, issues) L_res and E in plan order; E is written to.
        """
        parts = _unsigned(plan.weight_starts), _unsigned(plan.weight_place), plan.weight
        own = np.ascontiguousarray(own)
        if own.shape[1] == 1:
            self.expose_places(run.start, run.stop, *parts, own[:, 0], exposed[:, 0])
        else:
            self.expose_rows(run.start, run.stop, *parts, own, exposed)

    def link(self, plan: Plan, linked: Floats) -> None:
        """LAM of one issue of all sets, in turn.

        Args:
            linked: (sets,) that of the members alone; LAM afterwards.
        """
        terms = plan.terms
        self.link_sets(_unsigned(terms.starts), _unsigned(terms.supplier), terms.flow, linked)

    def link_issues(self, plan: Plan, own: Floats) -> Floats:
        """LAM of several issues of all places: (nodes, issues) from L_res, in plan order."""
        terms, linked = plan.terms, np.empty(own.shape)
        ends = np.append(plan.set_starts, len(plan.order))
        parts = _unsigned(ends), _unsigned(terms.starts), _unsigned(terms.place), terms.flow
        self.link_rows(*parts, np.ascontiguousarray(own), linked)
        return linked


def ready_loops() -> Loops | None:
    """The loops, or None while they are being made or where they cannot be."""
    making = _making()
    return making.result() if making.done() and not making.exception() else None


def wait_for_loops() -> Loops:
    """The loops, waited for. Raises what keeps them from being made."""
    return _making().result()


@cache
def _making() -> Future[Loops]:
    executor = ThreadPoolExecutor(1, "loops")
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

    def made(function: Callable[..., None], *arguments: Any) -> Callable[..., None]:
        # Without the liberties that would move the last bit, and while other threads run.
        loop: Callable[..., None] = numba.njit(types.void(*arguments), nogil=True)(function)
        return loop

    starts, places, numbers = kept(types.uint64), kept(types.uint32), kept(types.float64)
    rows, links = kept(types.float64, 2), (places, numbers)
    one, several = (types.Array(types.float64, dimensions, "C") for dimensions in (1, 2))
    run = (types.int64, types.int64, places)
    return Loops(
        made(expose_places, *run, *links, numbers, one),
        made(expose_rows, *run, *links, rows, several),
        made(link_sets, starts, *links, one),
        made(link_rows, starts, starts, *links, rows, several),
    )


def _unsigned(places: NDArray[Any]) -> NDArray[Any]:
    """The same numbers as unsigned: no check whether they count from the end is needed."""
    return places.view(f"u{places.itemsize}")


def expose_places(
    first: int,
    stop: int,
    starts: NDArray[Any],
    supplier: NDArray[Any],
    weight: Floats,
    own: Floats,
    exposed: Floats,
) -> None:
    """`Loops.expose` on plain arrays."""
    begin = starts[first]
    for place in range(first, stop):
        end, inflow = starts[place + 1], 0.0
        for at in range(begin, end):
            inflow += weight[at] * exposed[supplier[at]]
        begin, inflow = end, inflow * (1 - own[place]) + own[place]
        exposed[place] = 1.0 if inflow > 1.0 else inflow


def expose_rows(
    first: int,
    stop: int,
    starts: NDArray[Any],
    supplier: NDArray[Any],
    weight: Floats,
    own: Floats,
    exposed: Floats,
) -> None:
    """`Loops.expose` of several issues: the links of a place are read once for all of them."""
    issues = range(own.shape[1])
    inflow, begin = np.empty(own.shape[1]), starts[first]
    for place in range(first, stop):
        end = starts[place + 1]
        for issue in issues:
            inflow[issue] = 0.0
        for at in range(begin, end):
            row, share = supplier[at], weight[at]
            for issue in issues:
                inflow[issue] += share * exposed[row, issue]
        for issue in issues:
            found = inflow[issue] * (1 - own[place, issue]) + own[place, issue]
            exposed[place, issue] = 1.0 if found > 1.0 else found
        begin = end


def link_sets(starts: NDArray[Any], supplier: NDArray[Any], flow: Floats, linked: Floats) -> None:
    """`Loops.link` on plain arrays."""
    begin = starts[0]
    for one in range(len(linked)):
        end, free = starts[one + 1], 1.0
        for at in range(begin, end):
            free *= 1 - flow[at] * linked[supplier[at]]
        if begin < end:
            linked[one] = 1 - free * (1 - linked[one])
        begin = end


def link_rows(
    ends: NDArray[Any],
    starts: NDArray[Any],
    supplier: NDArray[Any],
    flow: Floats,
    own: Floats,
    linked: Floats,
) -> None:
    """`Loops.link_issues` on plain arrays; `ends`: where each set begins, and the last one ends."""
    issues = range(own.shape[1])
    alone, free, begin = np.empty(own.shape[1]), np.empty(own.shape[1]), starts[0]
    for one in range(len(ends) - 1):
        first, last, end = ends[one], ends[one + 1], starts[one + 1]
        for issue in issues:
            alone[issue], free[issue] = 1 - own[first, issue], 1.0
        for member in range(first + 1, last):
            for issue in issues:
                alone[issue] *= 1 - own[member, issue]
        for at in range(begin, end):
            row, part = supplier[at], flow[at]
            for issue in issues:
                free[issue] *= 1 - part * linked[row, issue]
        for issue in issues:
            # A difference from 1 is rounded: both are taken, as the arrays take them.
            alone[issue] = 1 - free[issue] * (1 - (1 - alone[issue]))
        for member in range(first, last):
            for issue in issues:
                linked[member, issue] = alone[issue]
        begin = end
