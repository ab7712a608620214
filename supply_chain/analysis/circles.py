"""Circles: nodes that, through others, buy from themselves (RM-1.0 11.1, 11.5)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.risk.method import Floats, Ints


@dataclass(frozen=True)
class Circle:
    """A set of nodes in which each is upstream of each."""

    rows: tuple[int, ...]
    example: tuple[int, ...]  # one short way round, from buyer to supplier, ends where it began
    outside: float  # mean part of the members' input that comes from outside, or is not mapped
    passing: float  # part of the input of the start that passes the circle

    @property
    def is_gap(self) -> bool:
        """Nothing comes in: where these goods were made is missing in the map."""
        return self.outside == 0


@dataclass(frozen=True)
class Circles:
    """The circles of a map, those first through which most passes."""

    circles: tuple[Circle, ...]
    count: int
    members: int  # nodes in any circle
    to_itself: tuple[int, ...]  # nodes with a link to themselves, which plays no part


def circles_of(flow: FlowMap, start: Floats, *, most: int) -> Circles:
    """Find the circles of a map.

    Args:
        start: (nodes,) where the input arrives, sum 1.
        most: how many circles are looked at closely, the largest.
    """
    found = sorted(_sets(flow), key=lambda rows: (-len(rows), int(rows[0])))
    shown = found[:most]
    passing = _passing(flow, start, shown)
    circles = [
        Circle(tuple(rows.tolist()), _way_round(flow, rows), _outside(flow, rows), share)
        for rows, share in zip(shown, passing, strict=True)
    ]
    links = flow.graph.links
    itself = np.unique(links.buyer[links.buyer == links.supplier])
    return Circles(
        circles=tuple(sorted(circles, key=lambda one: (-one.passing, one.rows))),
        count=len(found),
        members=sum(map(len, found)),
        to_itself=tuple(itself.tolist()),
    )


def _sets(flow: FlowMap) -> Iterator[Ints]:
    for level in flow.plan.levels:
        for run in level.circles:
            yield np.sort(flow.plan.order[level.members[run]])


def _passing(flow: FlowMap, start: Floats, sets: list[Ints]) -> list[float]:
    """Inflow of each set, from outside or from the start: a path enters a circle only once."""
    volume, is_whole = flow.volume(start)
    if not is_whole:
        return [float(start @ flow.through(*rows.tolist())) for rows in sets]
    label = np.full(len(flow), len(sets), dtype=np.int64)
    for place, rows in enumerate(sets):
        label[rows] = place
    links = flow.graph.links
    into = label[links.supplier]
    entering = np.flatnonzero((into < len(sets)) & (into != label[links.buyer]))
    moved = volume[links.buyer[entering]] * flow.link_weight[entering]
    count = len(sets) + 1
    whole = np.bincount(into[entering], moved, minlength=count)
    begins = np.bincount(label, start, minlength=count)
    shares: list[float] = (whole + begins)[:-1].tolist()
    return shares


def _outside(flow: FlowMap, rows: Ints) -> float:
    inside = flow.weights[rows][:, rows].sum(axis=1)
    return float(np.round(np.maximum(0.0, 1 - inside), 12).mean())


def _way_round(flow: FlowMap, rows: Ints) -> tuple[int, ...]:
    """A shortest way from the first node of a circle back to it."""
    home, members = int(rows[0]), set(rows.tolist())
    came_from: dict[int, int] = {}
    frontier = [home]
    while home not in came_from:
        after: list[int] = []
        for row in frontier:
            for supplier in flow.graph.suppliers.of(row).tolist():
                if supplier in members and supplier not in came_from:
                    came_from[supplier] = row
                    after.append(supplier)
        frontier = after
    way = [home, came_from[home]]
    while way[-1] != home:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))
