"""Paths up the chain in descending order of importance, each found once.

`onward` is the best value that any path from a node can reach. With it a search never follows a
path before a better one, so the first of a million paths cost no more than their own steps.
"""

import heapq
from dataclasses import dataclass
from itertools import count

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.risk.method import Bools, Floats
from supply_chain.risk.plan import Level, Plan

MOST_LOOKED_AT = 20_000
END = -1


@dataclass(frozen=True)
class Walk:
    """One way upstream; `rows` from the buyer to where it ends."""

    rows: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Found:
    """The ways that were found, the best first, and whether there may be more."""

    walks: tuple[Walk, ...]
    is_cut: bool


@dataclass(frozen=True)
class Search:
    """Parameters of a search; all arrays are (nodes,) in the order of the map."""

    flow: FlowMap
    ends: Floats  # what a way is worth that ends at the node
    keeps: Floats  # what is kept on passing it
    onward: Floats  # the best of all ways from it
    allowed: Bools  # nodes that a way may visit
    simple: bool  # a way visits a node at most once

    def options(self, row: int) -> list[tuple[float, int]]:
        """Continuations of a path from a node, best first: (best reachable value, row or END)."""
        weights = self.flow.weights
        run = slice(int(weights.indptr[row]), int(weights.indptr[row + 1]))
        rows = weights.indices[run]
        worth = self.keeps[row] * weights.data[run] * self.onward[rows]
        fit = self.allowed[rows] & ((worth > 0) | (self.simple and self.keeps[row] > 0))
        rows, worth = rows[fit], worth[fit]
        order = np.lexsort((rows, -worth))
        found = list(zip(worth[order].tolist(), rows[order].tolist(), strict=True))
        own = float(self.ends[row])
        if own > 0:
            found.append((own, END))
            found.sort(key=lambda option: -option[0])
        return found


def best_onward(plan: Plan, ends: Floats, keeps: Floats) -> Floats:
    """(nodes,) the worth of the best way from each node: `max(ends, keeps * w * onward)`.

    Args and result in the order of the map. Flow that circles only loses, so a few rounds settle.
    """
    own, kept = plan.to_plan(ends), plan.to_plan(keeps)
    result = np.zeros(len(own))
    for level in plan.levels:
        result[level.nodes] = own[level.nodes]
        while level.weights.nnz:
            better = _one_step(level, result) * kept[level.nodes]
            after = np.maximum(result[level.nodes], better)
            settled = not len(level.members) or bool((after == result[level.nodes]).all())
            result[level.nodes] = after
            if settled:
                break
    return plan.from_plan(result)


def _one_step(level: Level, onward: Floats) -> Floats:
    weights = level.weights
    worth = weights.data * onward[weights.indices]
    best = np.zeros(weights.shape[0])
    linked = np.flatnonzero(np.diff(weights.indptr))
    best[linked] = np.maximum.reduceat(worth, weights.indptr[linked])
    return best


def best_walks(search: Search, start: int, *, most: int) -> Found:
    """Ways from a node, the best first, of equal ones the shorter.

    Stops after `most`, or when `MOST_LOOKED_AT` beginnings of ways were looked at.
    """
    line = _Line(search)
    line.offer((start,), 1.0, 0)
    walks: list[Walk] = []
    for _ in range(MOST_LOOKED_AT):
        if not line.heap or len(walks) == most:
            break
        negative, _, _, gained, prefix, place = heapq.heappop(line.heap)
        after = line.options(prefix[-1])[place][1]
        line.offer(prefix, gained, place + 1)
        if after == END:
            walks.append(Walk(prefix, -negative))
        else:
            line.offer((*prefix, after), gained * _step(search, prefix[-1], after), 0)
    return Found(tuple(walks), is_cut=bool(line.heap))


class _Line:
    """Beginnings of ways, the most promising in front; each waits with its next best step only."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.heap: list[tuple[float, int, int, float, tuple[int, ...], int]] = []
        self._known: dict[int, list[tuple[float, int]]] = {}
        self._ticket = count()

    def options(self, row: int) -> list[tuple[float, int]]:
        if row not in self._known:
            self._known[row] = self.search.options(row)
        return self._known[row]

    def offer(self, prefix: tuple[int, ...], gained: float, place: int) -> None:
        options = self.options(prefix[-1])
        while place < len(options):
            worth, after = options[place]
            if not (self.search.simple and after in prefix):
                rank = (-gained * worth, len(prefix), next(self._ticket))
                heapq.heappush(self.heap, (*rank, gained, prefix, place))
                return
            place += 1


def _step(search: Search, row: int, after: int) -> float:
    weights = search.flow.weights
    begin, end = int(weights.indptr[row]), int(weights.indptr[row + 1])
    at = begin + int(np.searchsorted(weights.indices[begin:end], after))
    return float(search.keeps[row] * weights.data[at])
