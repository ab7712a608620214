"""A value chain as columns: node and link attributes as arrays, adjacency both ways (CSR).

A link points from a buyer to its supplier; "upstream" follows suppliers, "downstream" buyers.
A link of a node with itself is kept in the columns and in no adjacency (RM-1.0 section 11.1).
What is built here is read-only. Rows of nodes stand in the order they were given.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from supply_chain.chain_columns import LinkColumns, NodeColumns
from supply_chain.errors import ChainRefused

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
        begin, size = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(size)
        offset = np.repeat(begin - (ends - size), size)
        found: Ints = self.neighbours[offset + np.arange(ends[-1] if len(ends) else 0)]
        return found


@dataclass(frozen=True)
class View:
    """A bounded part of a chain: rows rising, and whether the bound left something out."""

    rows: Ints
    truncated: bool


@dataclass(frozen=True)
class ChokePoint:
    """A supplier that all flow from `cut_off` other nodes to the own business passes through."""

    row: int
    cut_off: int


@dataclass(frozen=True)
class ValueChain:
    """One map: who supplies whom. Build it with `ValueChain.build`."""

    nodes: NodeColumns
    links: LinkColumns
    suppliers: Adjacency
    buyers: Adjacency

    @classmethod
    def build(cls, *, nodes: NodeColumns, links: LinkColumns) -> "ValueChain":
        """Check and index the columns.

        Raises:
            ChainRefused: a doubled id, a link to a row that does not exist, a share outside 0-1.
        """
        _check(nodes, links)
        suppliers = _adjacency(len(nodes), links.buyer, links.supplier)
        buyers = _adjacency(len(nodes), links.supplier, links.buyer)
        return cls(nodes, links, suppliers, buyers)

    def __len__(self) -> int:
        return len(self.nodes)

    @cached_property
    def rows(self) -> MappingProxyType[str, int]:
        """Row of each node id."""
        return MappingProxyType({ref: row for row, ref in enumerate(self.nodes.ids)})

    @cached_property
    def tiers(self) -> Ints:
        """Fewest links from the own business to each node; 0 own, -1 where no path leads."""
        own = np.flatnonzero(self.nodes.own_operation)
        return _distances(self.suppliers, own, len(self))

    def upstream(self, row: int) -> Ints:
        """All direct and indirect suppliers of a node, rising, without the node itself."""
        return self._reached(self.suppliers, row)

    def downstream(self, row: int) -> Ints:
        """All direct and indirect buyers of a node, rising, without the node itself."""
        return self._reached(self.buyers, row)

    def _reached(self, adjacency: Adjacency, row: int) -> Ints:
        distance = _distances(adjacency, np.array([row]), len(self))
        return np.flatnonzero(distance > 0)

    def neighbourhood(self, row: int, *, depth: int, limit: int) -> View:
        """The nodes within `depth` links of one, nearest first, at most `limit` of them."""
        kept, frontier = np.array([row]), np.array([row])
        for _ in range(depth):
            around = [self.suppliers.of_many(frontier), self.buyers.of_many(frontier)]
            frontier = np.setdiff1d(np.concatenate(around), kept)
            if len(kept) + len(frontier) > limit:
                kept = np.concatenate([kept, frontier[: max(0, limit - len(kept))]])
                return View(np.sort(kept), truncated=True)
            kept = np.concatenate([kept, frontier])
        return View(np.sort(kept), truncated=False)

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

    @cached_property
    def circles(self) -> tuple[Ints, ...]:
        """Sets of nodes that supply each other in a circle, largest first, then by first row."""
        shape = (len(self), len(self))
        ones = np.ones(len(self.suppliers.neighbours), dtype=np.int8)
        matrix = csr_array((ones, self.suppliers.neighbours, self.suppliers.starts), shape=shape)
        count, label = connected_components(matrix, directed=True, connection="strong")
        sizes = np.bincount(label, minlength=count)
        order = np.argsort(label, kind="stable")
        ends = np.cumsum(sizes)
        sets = [order[ends[at] - sizes[at] : ends[at]] for at in np.flatnonzero(sizes > 1)]
        return tuple(sorted(sets, key=lambda rows: (-len(rows), int(rows[0]))))

    @cached_property
    def orphans(self) -> Ints:
        """Nodes from which no chain of buyers leads to the own business, rising."""
        return np.flatnonzero(self.tiers == UNREACHED)

    def choke_points(self, view: View) -> tuple[ChokePoint, ...]:
        """Nodes of a view that others in it need to reach the own business, worst first.

        A node counts when every path of the view from some other node to the own business goes
        through it (dominators of the graph).
        """
        graph = as_networkx(self, view).reverse()
        own = {ref for ref, kept in graph.nodes(data="own_operation") if kept}
        root = ""  # ids are never empty, so this can stand for "the own business"
        graph.add_edges_from((root, ref) for ref in own)
        if not own:
            return ()
        parent = nx.immediate_dominators(graph, root)
        cut_off = dict.fromkeys(set(parent) - {root}, 0)
        for ref in parent:
            above = parent[ref]
            while above is not None and above != root:
                cut_off[above] += 1
                above = parent[above]
        points = [
            ChokePoint(self.rows[ref], n) for ref, n in cut_off.items() if n and ref not in own
        ]
        return tuple(sorted(points, key=lambda point: (-point.cut_off, point.row)))


def as_networkx(chain: ValueChain, view: View) -> "nx.DiGraph[Any]":
    """A bounded part as a NetworkX graph from suppliers to buyers, named by node id.

    Parallel links are one edge: its `links` attribute lists their rows.
    """
    graph: nx.DiGraph[Any] = nx.DiGraph()
    nodes, inside = chain.nodes, set(view.rows.tolist())
    for row in view.rows.tolist():
        graph.add_node(
            nodes.ids[row],
            row=row,
            own_operation=bool(nodes.own_operation[row]),
            tier=int(chain.tiers[row]),
        )
    for row in view.rows.tolist():
        for at in range(chain.suppliers.starts[row], chain.suppliers.starts[row + 1]):
            supplier = int(chain.suppliers.neighbours[at])
            if supplier in inside:
                ends = (nodes.ids[supplier], nodes.ids[row])
                link = int(chain.suppliers.link[at])
                if graph.has_edge(*ends):
                    graph.edges[ends]["links"].append(link)
                else:
                    graph.add_edge(*ends, links=[link])
    return graph


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
