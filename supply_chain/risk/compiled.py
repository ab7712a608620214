"""The two inner loops of one issue along the links, compiled where numba is installed.

numba is an extra (`requirements-speed.txt`). Without it nothing calls this file; the loops are
then plain Python, which tests run to the same numbers.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numpy.typing import NDArray

from supply_chain.risk.method import Floats
from supply_chain.risk.plan import Plan

try:
    from numba import njit
except ImportError:
    njit = None

Loop = TypeVar("Loop", bound=Callable[..., None])

IS_THERE = njit is not None


def _compiled(loop: Loop) -> Loop:
    """The loop as machine code, without the liberties that would move the last bit."""
    made: Loop = loop if njit is None else njit(nogil=True)(loop)
    return made


def expose(plan: Plan, run: slice, own: Floats, exposed: Floats) -> None:
    """E of a run of places, in turn, from L_res and E of their suppliers.

    Args:
        own, exposed: (nodes,) L_res and E in plan order; E is written to.
    """
    parts = _unsigned(plan.weight_starts), _unsigned(plan.weight_place), plan.weight
    _expose(run.start, run.stop, *parts, own, exposed)


def link(plan: Plan, linked: Floats) -> None:
    """LAM of all sets, in turn.

    Args:
        linked: (sets,) that of the members alone; LAM afterwards.
    """
    terms = plan.terms
    _link(_unsigned(terms.starts), _unsigned(terms.supplier), terms.flow, linked)


def _unsigned(places: NDArray[Any]) -> NDArray[Any]:
    """The same numbers without a sign: nobody has to ask whether they count from the end."""
    return places.view(f"u{places.itemsize}")


@_compiled
def _expose(
    first: int,
    stop: int,
    starts: NDArray[Any],
    supplier: NDArray[Any],
    weight: Floats,
    own: Floats,
    exposed: Floats,
) -> None:
    begin = starts[first]
    for place in range(first, stop):
        end, inflow = starts[place + 1], 0.0
        for at in range(begin, end):
            inflow += weight[at] * exposed[supplier[at]]
        begin, inflow = end, inflow * (1 - own[place]) + own[place]
        exposed[place] = 1.0 if inflow > 1.0 else inflow


@_compiled
def _link(starts: NDArray[Any], supplier: NDArray[Any], flow: Floats, linked: Floats) -> None:
    begin = starts[0]
    for one in range(len(linked)):
        end, free = starts[one + 1], 1.0
        for at in range(begin, end):
            free *= 1 - flow[at] * linked[supplier[at]]
        if begin < end:
            linked[one] = 1 - free * (1 - linked[one])
        begin = end
