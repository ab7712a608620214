"""Choke points: nodes that all goods of others must pass to reach the business.

A node is dominated by another if every way from the business up to it leads through that one.
The immediate dominators form a tree (Cooper, Harvey and Kennedy 2001). Here whole levels of the
map enter it at once, from the business upstream; only circles are iterated.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.graph.graph import Adjacency
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.plan import Level

NOT_REACHED = -1


@dataclass(frozen=True)
class Dominators:
    """The tree over all nodes that can be reached from the business.

    The business is the row behind the last node: it is above all that can be reached in
    several independent ways.
    """

    above: Ints  # (nodes,) row of the immediate dominator, or NOT_REACHED
    below: Adjacency  # the nodes right below each, that of the business last
    depends: Ints  # (nodes,) how many known nodes reach the business only through this one

    def only_through(self, row: int) -> Ints:
        """Nodes that reach the business only through one node, rising, without itself."""
        return np.sort(np.concatenate(_by_depth(self.below, row)[1:] or [np.zeros(0, np.int64)]))


def dominators(flow: FlowMap, start: Floats) -> Dominators:
    """The tree of a map.

    Args:
        start: (nodes,) above 0 at the business itself.
    """
    tree = _Tree(flow, start > 0)
    for level in reversed(flow.plan.levels):
        tree.settle(level)
    above, count = tree.above[:-1], len(flow)
    below = _below(above, count)
    known = np.append(~flow.unknown, False)
    depends = np.zeros(count + 1, dtype=np.int64)
    for rows in reversed(_by_depth(below, count)[1:]):
        np.add.at(depends, above[rows], depends[rows] + known[rows])
    return Dominators(above, below, depends[:-1])


def _below(above: Ints, count: int) -> Adjacency:
    order = np.argsort(above, kind="stable")
    order = order[above[order] != NOT_REACHED]
    starts = np.searchsorted(above[order], np.arange(count + 2))
    return Adjacency(starts, order, order)


def _by_depth(below: Adjacency, row: int) -> list[Ints]:
    """A node, the nodes right below it, those below them..."""
    found, frontier = [], np.array([row])
    while len(frontier):
        found.append(frontier)
        frontier = below.of_many(frontier)
    return found


class _Tree:
    """The tree while it grows; rows of the map, the business as the last."""

    def __init__(self, flow: FlowMap, start: Bools) -> None:
        self.flow, self.start, self.business = flow, start, len(flow)
        self.above = np.full(self.business + 1, NOT_REACHED, dtype=np.int64)
        self.number = np.full(self.business + 1, NOT_REACHED, dtype=np.int64)
        self.number[self.business] = 0  # an ancestor has the smaller number
        self.last = 0

    def settle(self, level: Level) -> None:
        """Give the nodes of one level their place; all levels above have theirs."""
        rows = self.flow.plan.order[level.nodes]
        buyer, place = self._ways_in(rows)
        self._number(rows, buyer, place)
        reached = self.number[buyer] != NOT_REACHED
        buyer, place = buyer[reached], place[reached]
        if not len(place):
            return
        settled = False
        while not settled:
            # In a circle the place of one may still move that of another: all are asked again.
            shared, of = self._shared(buyer.copy(), place)
            settled = not len(level.members) or bool((self.above[rows[of]] == shared).all())
            self.above[rows[of]] = shared

    def _ways_in(self, rows: Ints) -> tuple[Ints, Ints]:
        """The buyers of each of `rows`, and which of them each belongs to, rising."""
        buyers = self.flow.graph.buyers
        size = buyers.starts[rows + 1] - buyers.starts[rows]
        place = np.repeat(np.arange(len(rows)), size)
        own = np.flatnonzero(self.start[rows])
        everyone = np.concatenate([buyers.of_many(rows), np.full(len(own), self.business)])
        place = np.concatenate([place, own])
        order = np.argsort(place, kind="stable")
        return everyone[order], place[order]

    def _number(self, rows: Ints, buyer: Ints, place: Ints) -> None:
        """Number what can be reached and put each, for the time being, under one of its buyers."""
        while len(place):
            open_ = self.number[rows[place]] == NOT_REACHED
            buyer, place = buyer[open_], place[open_]
            ready = np.flatnonzero(self.number[buyer] != NOT_REACHED)
            found, first = np.unique(place[ready], return_index=True)
            if not len(found):
                return
            self.above[rows[found]] = buyer[ready[first]]
            self.number[rows[found]] = self.last + 1 + np.arange(len(found))
            self.last += len(found)

    def _shared(self, buyer: Ints, place: Ints) -> tuple[Ints, Ints]:
        """The lowest node that all buyers of each place share, found pair by pair in `buyer`."""
        while True:
            first = np.flatnonzero(np.diff(place, prepend=-1))
            if len(first) == len(place):
                return buyer, place
            sizes = np.diff(first, append=len(place))
            second = (np.arange(len(place)) - np.repeat(first, sizes)) % 2 == 1
            at = np.flatnonzero(second)
            buyer[at - 1] = self._meet(buyer[at - 1], buyer[at])
            buyer, place = buyer[~second], place[~second]

    def _meet(self, one: Ints, other: Ints) -> Ints:
        """Lowest common ancestor of each pair of nodes."""
        apart = np.flatnonzero(one != other)
        while len(apart):
            left, right = one[apart], other[apart]
            higher = self.number[left] > self.number[right]
            one[apart] = np.where(higher, self.above[left], left)
            other[apart] = np.where(higher, right, self.above[right])
            apart = apart[one[apart] != other[apart]]
        return one
