"""Paths of goods between two nodes, in descending order of volume."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.walks import Search, Walk, best_onward, best_walks


@dataclass(frozen=True)
class Paths:
    """Ways from a buyer up to one of its direct or indirect suppliers.

    `value` of a path is the part of the buyer's input that takes it, the product of its shares;
    0 where a share is 0: the way is there, nothing is stated to flow.
    """

    buyer: int
    supplier: int
    passing: float  # part of the buyer's input that passes the supplier, over all ways
    paths: tuple[Walk, ...]
    is_cut: bool  # there may be more

    @property
    def named(self) -> float:
        """The part of the buyer's input that takes the paths that are shown."""
        return sum(path.value for path in self.paths)


def paths_between(flow: FlowMap, first: int, second: int, *, most: int) -> Paths:
    """The ways between two nodes, whichever of them is upstream; no way visits a node twice.

    If each is upstream of the other, `first` is the buyer. Without a way `paths` is empty.
    """
    buyer, supplier = first, second
    if first not in flow.graph.downstream(second) and second in flow.graph.downstream(first):
        buyer, supplier = second, first
    search = _towards(flow, supplier)
    if buyer == supplier or not search.allowed[buyer]:
        return Paths(buyer, supplier, 0.0, (), is_cut=False)
    found = best_walks(search, buyer, most=most)
    passing = float(flow.through(supplier)[buyer])
    return Paths(buyer, supplier, passing, found.walks, found.is_cut)


def best_ways(flow: FlowMap, supplier: int, buyers: Sequence[int]) -> dict[int, Walk]:
    """The way that carries most to each of some buyers whose input passes a supplier."""
    search = _towards(flow, supplier)
    return {buyer: best_walks(search, buyer, most=1).walks[0] for buyer in buyers}


def _towards(flow: FlowMap, supplier: int) -> Search:
    """A search for paths that end at one node; it never leaves the part downstream of it."""
    allowed = np.zeros(len(flow), dtype=np.bool_)
    allowed[flow.graph.downstream(supplier)] = True
    allowed[supplier] = True
    ends = flow.start_at(supplier)
    keeps = np.where(ends > 0, 0.0, allowed)
    onward = best_onward(flow.plan, ends, keeps)
    return Search(flow, ends, keeps, onward, allowed, simple=True)
