"""Nodes with the most dependants, and nodes with the largest share of the volume."""

from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.dominators import Dominators
from supply_chain.analysis.flow import FlowMap
from supply_chain.risk.method import METHOD, Bools, Floats, Ints


@dataclass(frozen=True)
class ChokePoint:
    """A node that others, or much of the volume, cannot go round."""

    row: int
    depends: int  # known nodes that reach the business only through it
    passing: float  # part of the input of the business that passes it


@dataclass(frozen=True)
class ChokePoints:
    """The same nodes seen in two ways; own operations and unknown origins are left out."""

    by_nodes: tuple[ChokePoint, ...]  # most depending nodes first
    by_volume: tuple[ChokePoint, ...]  # most volume first
    count: int  # nodes on which any other depends
    dependent: int  # nodes that reach the business through one other node only
    reached: int  # known nodes that reach the business


def choke_points(flow: FlowMap, tree: Dominators, start: Floats, *, most: int) -> ChokePoints:
    """Find the choke points of a map.

    Args:
        tree: its dominators from `start`.
        most: how many are named in each of the two lists.
    """
    others = ~flow.graph.nodes.own_operation & ~flow.unknown
    volume, is_whole = flow.volume(start)
    exact = flow.in_circle | (not is_whole)  # there volume is counted at each pass, or cut off
    by_nodes = _largest(tree.depends.astype(np.float64), others, most)
    by_volume = _largest(volume, others & (start == 0), most)

    def passing(row: int) -> float:
        return float(start @ flow.through(row)) if exact[row] else float(volume[row])

    points = {
        row: ChokePoint(row, int(tree.depends[row]), passing(row))
        for row in {*by_nodes.tolist(), *by_volume.tolist()}
    }
    reached = ~flow.unknown & (tree.above >= 0)
    return ChokePoints(
        by_nodes=tuple(points[at] for at in by_nodes.tolist()),
        by_volume=tuple(
            sorted(
                (points[at] for at in by_volume.tolist()),
                key=lambda one: (-round(one.passing, METHOD.policy.decimals), one.row),
            )
        ),
        count=int((others & (tree.depends > 0)).sum()),
        dependent=int((reached & _behind(tree.above, others)).sum()),
        reached=int(reached.sum()),
    )


def _behind(above: Ints, others: Bools) -> Bools:
    """(nodes,) whether one of `others` must be passed, near or far; own operations between or not.

    The way up is twice as long at each step, so that a long row of nodes takes few of them.
    """
    end = len(above)
    up = np.append(np.where(above < 0, end, above), end)
    found: Bools = np.append(others, False)[up]
    while (up < end).any():
        found |= found[up]
        up = up[up]
    return found[:-1]


def _largest(values: Floats, allowed: Bools, most: int) -> Ints:
    rows = np.flatnonzero(allowed & (values > 0))
    order = np.lexsort((rows, -np.round(values[rows], METHOD.policy.decimals)))
    found: Ints = rows[order[:most]]
    return found
