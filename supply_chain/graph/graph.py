"""Value chain as columns: node and link attributes as arrays, adjacency both ways (CSR).

A link points from a buyer to its supplier; "upstream" follows suppliers, "downstream" buyers.
A link of a node with itself is in the columns and in no adjacency (RM-1.0 section 11.1).
All results are read-only. Rows of nodes have the order of the input.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from supply_chain.errors import ChainRefused
from supply_chain.graph.columns import LinkColumns, NodeColumns

Ints = NDArray[np.int64]
UNREACHED = -1


@dataclass(frozen=True)
class Adjacency:
    """Neighbours of every node in one direction, sorted by row."""

    starts: Ints  # (nodes + 1,) where the neighbours of each node begin
    neighbours: Ints  # (links without self-links,) row of the neighbour
    link: Ints  # row of the link that leads there

    def of(self, row: int) -> Ints:
        """Neighbours of one node, rising; one entry for each parallel link."""
        found: Ints = self.neighbours[self.starts[row] : self.starts[row + 1]]
        return found

    def of_many(self, rows: Ints) -> Ints:
        """Neighbours of all `rows`, one after the other."""
        found: Ints = self.neighbours[self._places(rows)]
        return found

    def links_of(self, rows: Ints) -> Ints:
        """Rows of the links that lead to the neighbours of all `rows`, rising."""
        return np.sort(self.link[self._places(rows)])

    def count_of(self, rows: Ints) -> int:
        """Number of links to neighbours of all `rows`."""
        return int((self.starts[rows + 1] - self.starts[rows]).sum())

    def _places(self, rows: Ints) -> Ints:
        begin, size = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(size)
        offset = np.repeat(begin - (ends - size), size)
        places: Ints = offset + np.arange(ends[-1] if len(ends) else 0)
        return places


@dataclass(frozen=True)
class ValueChain:
    """One map: who supplies whom. Build it with `ValueChain.build`."""

    nodes: NodeColumns
    links: LinkColumns

    @classmethod
    def build(cls, *, nodes: NodeColumns, links: LinkColumns) -> "ValueChain":
        """Check the columns.

        Raises:
            ChainRefused: a doubled id, a link to a row that does not exist, a share outside 0-1.
        """
        _check(nodes, links)
        return cls(nodes, links)

    @classmethod
    def of_indexed(
        cls, nodes: NodeColumns, links: LinkColumns, suppliers: Adjacency, buyers: Adjacency
    ) -> "ValueChain":
        """A map whose adjacency is known already; nothing is checked."""
        chain = cls(nodes, links)
        vars(chain).update(suppliers=suppliers, buyers=buyers)
        return chain

    def __len__(self) -> int:
        return len(self.nodes)

    @cached_property
    def suppliers(self) -> Adjacency:
        """Upstream. Made when it is first asked for: what is scored alone goes without."""
        return _adjacency(len(self), self.links.buyer, self.links.supplier)

    @cached_property
    def buyers(self) -> Adjacency:
        """Downstream, likewise."""
        return _adjacency(len(self), self.links.supplier, self.links.buyer)

    @cached_property
    def rows(self) -> MappingProxyType[str, int]:
        """Row of each node id."""
        return MappingProxyType({ref: row for row, ref in enumerate(self.nodes.ids)})

    @cached_property
    def tiers(self) -> Ints:
        """Fewest links from the own business to each node; 0 own, -1 where no path leads."""
        own = np.flatnonzero(self.nodes.own_operation)
        return _distances(self.suppliers, own, len(self))

    def downstream(self, row: int) -> Ints:
        """All direct and indirect buyers of a node, rising, without the node itself."""
        distance = _distances(self.buyers, np.array([row]), len(self))
        return np.flatnonzero(distance > 0)

    def path_to_own_business(self, row: int) -> tuple[int, ...]:
        """A shortest chain of buyers from a node to the own business, both ends included.

        Empty where no path leads there. Of several buyers equally near, the first row is taken.
        """
        if self.tiers[row] == UNREACHED:
            return ()
        path = [row]
        while self.tiers[path[-1]] > 0:
            buyers = self.buyers.of(path[-1])
            nearer = buyers[self.tiers[buyers] == self.tiers[path[-1]] - 1]
            path.append(int(nearer[0]))
        return tuple(path)


def _check(nodes: NodeColumns, links: LinkColumns) -> None:
    problems = [
        f"Node id {ref!r} stands more than once; give each node one row."
        for ref in _doubled(nodes.ids)
    ]
    ends = np.concatenate([links.buyer, links.supplier])
    if len(ends) and (ends.min() < 0 or ends.max() >= len(nodes)):
        problems.append("A link points to a node that does not exist; add the node or drop it.")
    wrong = np.flatnonzero((links.share < 0) | (links.share > 1))
    problems += [f"Link {row} has a share outside 0 to 1: {links.share[row]}." for row in wrong]
    if problems:
        raise ChainRefused(problems)


def _doubled(ids: Sequence[str]) -> list[str]:
    if len(set(ids)) == len(ids):
        return []
    return sorted(ref for ref, times in Counter(ids).items() if times > 1)


def _adjacency(count: int, here: Ints, there: Ints) -> Adjacency:
    link = np.flatnonzero(here != there)
    order = np.argsort(here[link] * count + there[link], kind="stable")
    link = link[order]
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(here[link], minlength=count), out=starts[1:])
    parts = (starts, there[link], link)
    for part in parts:
        part.setflags(write=False)
    return Adjacency(*parts)


def _distances(adjacency: Adjacency, start: Ints, count: int) -> Ints:
    distance = np.full(count, UNREACHED, dtype=np.int64)
    frontier, step = start, 0
    while len(frontier):
        distance[frontier] = step
        around = np.unique(adjacency.of_many(frontier))
        frontier, step = around[distance[around] == UNREACHED], step + 1
    return distance
