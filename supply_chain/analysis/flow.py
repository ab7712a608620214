"""Map as weights between pairs of nodes, and the flow of input along the chain (RM-2.0 11.1).

All rows are those of the graph with its unknown origins; weights are w of section 11.1, so the
shares of a buyer never add to more than 1. For finance the weight is the investee's part of the
portfolio, for platforms the seller's part of the turnover (11.7): the same numbers, other terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from supply_chain import lazy
from supply_chain.graph.columns import NODE_KINDS
from supply_chain.graph.graph import ValueChain
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.plan import Plan
from supply_chain.risk.propagation import exposure
from supply_chain.vocabulary import NodeKind

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MOST_STEPS = 60
SETTLED = 1e-9
"""Volume below this is not followed any further."""
FOLLOWED = 1e-6


@dataclass(frozen=True)
class Arrival:
    """Input from outside; with the part that begins inside it is 1, on an empty map 0."""

    links: Floats  # (links,) volume on the links that lead in
    nodes: Floats  # (nodes,) volume from each node at their other end
    begun: Floats  # (nodes,) volume that begins inside: no link leads any further


@dataclass(frozen=True)
class FlowMap:
    """Shares of input by buyer and supplier. Build it with `FlowMap.build`."""

    graph: ValueChain  # with its unknown origins
    plan: Plan
    weights: csr_array  # (nodes, nodes) row buyer, column supplier; zero shares are kept
    unknown: Bools  # (nodes,) origins that are not known

    @classmethod
    def build(cls, graph: ValueChain, plan: Plan) -> FlowMap:
        """The weights of a map, from the plan that was made for it."""
        unknown = graph.nodes.kind == NODE_KINDS.index(NodeKind.UNKNOWN_ORIGIN)
        return cls(graph, plan, _weights(plan), unknown)

    def __len__(self) -> int:
        return len(self.graph)

    @cached_property
    def mapped(self) -> Floats:
        """(nodes,) the part of each node's input that comes over links; the rest ends there."""
        return np.asarray(self.weights.sum(axis=1), dtype=np.float64).ravel()

    @cached_property
    def commodities(self) -> tuple[str | None, ...]:
        """The commodities of the links, each once; None first where some link has none."""
        return tuple(sorted(set(self.graph.links.commodity), key=lambda ref: ref or ""))

    @cached_property
    def link_commodity(self) -> Ints:
        """(links,) position in `commodities`."""
        place = {ref: at for at, ref in enumerate(self.commodities)}
        refs = self.graph.links.commodity
        return np.fromiter(map(place.__getitem__, refs), dtype=np.int64, count=len(refs))

    @cached_property
    def link_weight(self) -> Floats:
        """(links,) the weight of each pair, divided among its parallel links; self-links 0.

        By their shares where all are known and any is above 0, in equal parts otherwise.
        """
        links, count = self.graph.links, len(self)
        result = np.zeros(len(links))
        real = np.flatnonzero(links.buyer != links.supplier)
        key = links.buyer[real] * count + links.supplier[real]
        _, pair, times = np.unique(key, return_inverse=True, return_counts=True)
        share = links.share[real]
        total = np.bincount(pair, share)  # NaN where one is not known
        fair = np.nan_to_num(total)[pair] > 0
        part = np.divide(share, total[pair], out=1.0 / times[pair], where=fair)
        result[real] = part * self.weights.data[pair]
        return result

    def start_of_business(self) -> Floats:
        """(nodes,) where the input of the business arrives, sum 1; all 0 on an empty map.

        In equal parts at each own operation that sells to no other one, since the map does not
        say how large they are; without own operations at the buyers at the end of the chain.
        """
        own = self.graph.nodes.own_operation
        links = self.graph.links
        real = links.buyer != links.supplier
        inside = real & own[links.buyer] & own[links.supplier]
        last = own.copy()
        last[links.supplier[inside]] = False
        if not own.any():
            last = np.diff(self.graph.suppliers.starts) > 0
            last[links.supplier[real]] = False
        chosen = last if last.any() else own
        return chosen / max(int(chosen.sum()), 1)

    def start_at(self, row: int) -> Floats:
        """(nodes,) all input at one node."""
        start = np.zeros(len(self))
        start[row] = 1.0
        return start

    def arrival(self, start: Floats, inside: Bools) -> Arrival:
        """Input of a start from outside.

        Args:
            start: (nodes,) where the input arrives in the end, with sum 1.
            inside: (nodes,) whoever hands on within; for the business its own operations.
        """
        links, left = self.graph.links, np.maximum(0.0, 1 - self.mapped)
        entering, begun, volume = np.zeros(len(links)), np.zeros(len(self)), start
        for _ in range(MOST_STEPS):
            if not volume.sum() > SETTLED:
                break
            moved = volume[links.buyer] * self.link_weight
            stays = inside[links.supplier]
            entering += np.where(stays, 0.0, moved)
            begun += volume * left
            volume = self._at_suppliers(np.where(stays, moved, 0.0))
        return Arrival(entering, self._at_suppliers(entering), begun)

    def _at_suppliers(self, volume: Floats) -> Floats:
        """Volume on links, added up at the suppliers."""
        found = np.bincount(self.graph.links.supplier, volume, minlength=len(self))
        return found.astype(np.float64)

    def arrival_at_business(self) -> Arrival:
        """Input of all own operations together from outside."""
        start = self.start_of_business()
        return self.arrival(start, self.graph.nodes.own_operation | (start > 0))

    def arrival_at(self, row: int) -> Arrival:
        """Input of one node."""
        start = self.start_at(row)
        return self.arrival(start, start > 0)

    def travel(self, start: Floats) -> Iterator[Floats]:
        """(nodes,) the volume that arrives at each node, step by step upstream, `start` first.

        What a node has not mapped ends there. At most `MOST_STEPS` steps: flow in circles has
        no end of its own.
        """
        volume, back = start, self.weights.T
        for _ in range(MOST_STEPS):
            if not volume.sum() > SETTLED:
                return
            yield volume
            volume = back @ volume

    def through(self, *rows: int) -> Floats:
        """(nodes,) the part of each node's input that passes any of some nodes; 1 at these."""
        marked = np.zeros(len(self))
        marked[list(rows)] = 1.0
        at = self.plan.to_plan(marked)
        return self.plan.from_plan(exposure(self.plan, at[:, None])[:, 0])

    def volume(self, start: Floats) -> tuple[Floats, bool]:
        """(nodes,) the volume that arrives at each node over all steps; in circles at each pass.

        The second is whether all of it was followed to its end: volume that goes round and round
        is cut off after `MOST_STEPS`.
        """
        whole, last = np.zeros(len(self)), np.zeros(0)
        for step, volume in enumerate(self.travel(start), start=1):
            whole += volume
            last = volume if step == MOST_STEPS else np.zeros(0)
        return whole, float(last.sum()) <= FOLLOWED

    @cached_property
    def volume_of_business(self) -> tuple[Floats, bool]:
        """The same for all own operations together; computed once, since the map is one."""
        return self.volume(self.start_of_business())

    @cached_property
    def in_circle(self) -> Bools:
        """(nodes,) nodes in a circle: only these can be passed more than once."""
        found = np.zeros(len(self), dtype=np.bool_)
        for level in self.plan.levels:
            found[self.plan.order[level.members]] = True
        return found


def _weights(plan: Plan) -> csr_array:
    """The weights of all levels, rows and columns in the order of the map."""
    count = len(plan.order)
    parts = [level.weights for level in plan.levels]
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.indptr) for part in parts)])
    data = np.concatenate([np.zeros(0), *(part.data for part in parts)])
    places = np.concatenate([np.zeros(0, np.int64), *(part.indices for part in parts)])
    square = (count, count)
    moved = lazy.sparse.csr_array((data, places, np.cumsum(sizes)), shape=square)[plan.place]
    entries = (moved.data, plan.order[moved.indices], moved.indptr)
    whole = lazy.sparse.csr_array(entries, shape=square)
    whole.sort_indices()
    return whole
