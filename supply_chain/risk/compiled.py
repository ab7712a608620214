"""The two inner loops of one issue along the links, as machine code.

Nobody waits for the compiler: the first question has a thread make the loops, and until they are
there, or where numba cannot be loaded, it is answered by arrays, to the same last bit.
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
    """Both loops, compiled or, in tests, as they stand below."""

    expose_places: Callable[..., None]
    link_sets: Callable[..., None]

    def expose(self, plan: Plan, run: slice, own: Floats, exposed: Floats) -> None:
        """E of a run of places, in turn, from L_res and E of their suppliers.

        Args:
            own, exposed: (nodes,) L_res and E in plan order; E is written to.
        """
        parts = _unsigned(plan.weight_starts), _unsigned(plan.weight_place), plan.weight
        self.expose_places(run.start, run.stop, *parts, np.ascontiguousarray(own), exposed)

    def link(self, plan: Plan, linked: Floats) -> None:
        """LAM of all sets, in turn.

        Args:
            linked: (sets,) that of the members alone; LAM afterwards.
        """
        terms = plan.terms
        self.link_sets(_unsigned(terms.starts), _unsigned(terms.supplier), terms.flow, linked)


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

    def kept(kind: Any) -> Any:
        """An array that is only read, perhaps mapped from a file at an odd place."""
        return types.Array(kind, 1, "C", readonly=True, aligned=False)

    starts, places, numbers = kept(types.uint64), kept(types.uint32), kept(types.float64)
    result = types.Array(types.float64, 1, "C")
    expose = (types.int64, types.int64, places, places, numbers, numbers, result)
    # Without the liberties that would move the last bit, and while other threads run.
    return Loops(
        numba.njit(types.void(*expose), nogil=True)(expose_places),
        numba.njit(types.void(starts, places, numbers, result), nogil=True)(link_sets),
    )


def _unsigned(places: NDArray[Any]) -> NDArray[Any]:
    """The same numbers without a sign: nobody has to ask whether they count from the end."""
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
