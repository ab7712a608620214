"""The order in which a map is worked through, made once for each version (RM-1.0 section 11).

Circles (strongly connected sets) are collapsed, each set gets the level `1 + highest level of its
suppliers`, and nodes are numbered by level, so that a level is a run of places and suppliers
always come before buyers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from supply_chain.risk.factors import rounded
from supply_chain.risk.method import METHOD, Bools, Floats, Ints


@dataclass(frozen=True)
class Terms:
    """Links between sets, sorted by the place of the buyer; none inside a set."""

    starts: Ints  # (sets + 1,) where the terms of each set begin
    supplier: Ints  # set of the supplier
    place: Ints  # place of the supplier
    flow: Floats  # f of section 11.2
    share: Floats  # share_eff of section 11.4


@dataclass(frozen=True)
class Level:
    """One level: a run of places, a run of sets, and the weights of its nodes."""

    nodes: slice
    sets: slice
    weights: csr_array  # (nodes of the level, places before its end)
    members: Ints  # places in circles, circle by circle
    circles: tuple[slice, ...]  # the run of each circle in `members`
    inside: csr_array  # (members, members) weights inside circles


@dataclass(frozen=True)
class Plan:
    """Everything about a map that does not depend on risk. Make it with `make_plan`."""

    order: Ints  # (nodes,) row of the map at each place
    place: Ints  # (nodes,) place of each row of the map
    set_starts: Ints  # (sets,) first place of each set
    levels: tuple[Level, ...]
    terms: Terms
    scaled: Mapping[int, float]  # row of the map -> sum of its shares, where that is over 1

    def to_plan(self, values: Floats) -> Floats:
        """Rows of the map in plan order."""
        return np.take(values, self.order, axis=0)

    def from_plan(self, values: Floats) -> Floats:
        """Rows in plan order back in the order of the map."""
        return np.take(values, self.place, axis=0)

    @property
    def without_circles(self) -> bool:
        """Whether every set is one node."""
        return len(self.set_starts) == len(self.order)


@dataclass(frozen=True)
class Pairs:
    """One row for each (buyer, supplier) pair with links, sorted by buyer, then supplier."""

    buyer: Ints
    supplier: Ints
    weight: Floats  # w of section 11.1
    flow: Floats  # the highest f of the pair's links (11.8)


def make_plan(count: int, buyer: Ints, supplier: Ints, share: Floats, flow: Floats) -> Plan:
    """Plan of a map with `count` nodes.

    Args:
        buyer, supplier: (links,) rows of nodes; self-links are ignored.
        share: (links,) 0-1, NaN unknown.
        flow: (links,) f of section 11.2, 0-1.
    """
    pairs, scaled = _pairs(count, buyer, supplier, share, flow)
    starts = _starts(count, pairs.buyer)
    matrix = csr_array((pairs.weight, pairs.supplier, starts), shape=(count, count))
    # Links of weight 0 still link: connectedness is asked of the pattern, not of the weights.
    ones = np.ones(len(pairs.buyer), dtype=np.float64)
    pattern: csr_array[np.float64, tuple[int, int]] = csr_array(
        (ones, pairs.supplier, starts), shape=(count, count)
    )
    sets, labels = connected_components(pattern, directed=True, connection="strong")
    label: Ints = np.asarray(labels, dtype=np.int64)
    level = _levels(sets, label[pairs.buyer], label[pairs.supplier])
    order = np.lexsort((label, level[label]))
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    set_starts = np.flatnonzero(np.diff(label[order], prepend=-1))
    set_of = np.repeat(np.arange(sets), np.diff(set_starts, append=count))
    levels = _cut(matrix, order, place, set_starts, level[label[order][set_starts]])
    terms = _terms(pairs, place, set_of, sets)
    return Plan(order, place, set_starts, levels, terms, MappingProxyType(scaled))


def _starts(count: int, rows: Ints) -> Ints:
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    return starts


def _pairs(
    count: int, buyer: Ints, supplier: Ints, share: Floats, flow: Floats
) -> tuple[Pairs, dict[int, float]]:
    real = np.flatnonzero(buyer != supplier)
    key = buyer[real] * count + supplier[real]
    order = np.argsort(key, kind="stable")
    if (np.diff(key[order]) == 0).any():
        # Parallel links stand by share, so that sums do not depend on the order of the links.
        order = np.lexsort((share[real], key))
    rows, key = real[order], key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(first):
        empty = np.zeros(0)
        return Pairs(buyer[rows], supplier[rows], empty, empty), {}
    unknown = np.isnan(share[rows])
    known = np.add.reduceat(np.where(unknown, 0.0, share[rows]), first)
    open_ = np.logical_or.reduceat(unknown, first)
    buyers = buyer[rows[first]]
    weight, scaled = _weights(count, buyers, known, open_)
    best = np.maximum.reduceat(flow[rows], first)
    return Pairs(buyers, supplier[rows[first]], weight, best), scaled


def _weights(
    count: int, buyer: Ints, known: Floats, unknown: Bools
) -> tuple[Floats, dict[int, float]]:
    """w of each pair: unknown shares filled, sums over 1 divided (section 11.1)."""
    least = METHOD.policy.share_unknown_min
    rest = np.maximum(0.0, 1 - np.bincount(buyer, known, minlength=count))
    asked = np.bincount(buyer, unknown, minlength=count)
    part = np.maximum(least, rest / np.maximum(asked, 1))
    weight = known + np.where(unknown, part[buyer], 0.0)
    total: Floats = np.bincount(buyer, weight, minlength=count).astype(np.float64)
    over = rounded(total) > 1
    scaled = {int(row): float(total[row]) for row in np.flatnonzero(over)}
    return weight / np.where(over, total, 1.0)[buyer], scaled


def _levels(sets: int, buyer: Ints, supplier: Ints) -> Ints:
    """Level of each set: sets whose suppliers all have a level are peeled off together."""
    between = buyer != supplier
    buyer, supplier = buyer[between], supplier[between]
    waiting = np.bincount(buyer, minlength=sets)
    order = np.argsort(supplier, kind="stable")
    buyers, starts = buyer[order], _starts(sets, supplier)
    level = np.zeros(sets, dtype=np.int64)
    frontier, step = np.flatnonzero(waiting == 0), 0
    while len(frontier):
        level[frontier] = step
        size = starts[frontier + 1] - starts[frontier]
        ends = np.cumsum(size)
        offset = np.repeat(starts[frontier] - (ends - size), size)
        around, times = np.unique(buyers[offset + np.arange(ends[-1])], return_counts=True)
        waiting[around] -= times
        frontier, step = around[waiting[around] == 0], step + 1
    return level


def _cut(
    matrix: csr_array, order: Ints, place: Ints, set_starts: Ints, level: Ints
) -> tuple[Level, ...]:
    """Levels of the plan; `level` is that of each set in plan order."""
    moved = csr_array(matrix[order])
    moved.indices = place[moved.indices].astype(moved.indices.dtype)
    moved.has_sorted_indices = False
    moved.sort_indices()
    sets, count = len(set_starts), len(order)
    ends = np.append(set_starts, count)
    bounds = np.searchsorted(level, np.arange(level[-1] + 2 if sets else 1))
    levels = []
    for first, stop in pairwise(bounds):
        nodes = slice(int(ends[first]), int(ends[stop]))
        weights = csr_array(moved[nodes, : nodes.stop])
        sizes = np.diff(ends[first : stop + 1])
        members = np.arange(nodes.start, nodes.stop)[np.repeat(sizes > 1, sizes)]
        inner = np.append(0, np.cumsum(sizes[sizes > 1]))
        circles = tuple(slice(int(a), int(b)) for a, b in pairwise(inner))
        inside = csr_array(weights[members - nodes.start][:, members])
        run = slice(int(first), int(stop))
        levels.append(Level(nodes, run, weights, members, circles, inside))
    return tuple(levels)


def _terms(pairs: Pairs, place: Ints, set_of: Ints, sets: int) -> Terms:
    buyer, supplier = place[pairs.buyer], place[pairs.supplier]
    between = np.flatnonzero(set_of[buyer] != set_of[supplier])
    order = between[np.argsort(buyer[between] * len(place) + supplier[between])]
    return Terms(
        starts=_starts(sets, set_of[buyer[order]]),
        supplier=set_of[supplier[order]],
        place=supplier[order],
        flow=pairs.flow[order],
        share=np.maximum(pairs.weight[order], METHOD.policy.chain_share_min),
    )
