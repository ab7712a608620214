"""Processing order of a map, made once for each version (RM-1.0 section 11).

Circles (strongly connected sets) are collapsed, each set gets the level `1 + highest level of its
suppliers`, and nodes are numbered by level, so that a level is a run of places and suppliers
always come before buyers. In a level the sets with most suppliers come first: sets of similar size
are adjacent, so that their products can be computed for many of them at once.

A plan is plain arrays (`Plan.columns`), for storage in files and memory mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from supply_chain import lazy
from supply_chain.risk.factors import rounded
from supply_chain.risk.method import METHOD, Bools, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Places = NDArray[np.int32]  # places, rows and sets: a map has fewer than 2**31


@dataclass(frozen=True)
class Terms:
    """Links between sets, sorted by the place of the buyer, then of the supplier."""

    starts: Ints  # (sets + 1,) where the terms of each set begin
    supplier: Places  # set of the supplier
    place: Places  # place of the supplier
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
    outside: csr_array  # (members, places before the level) weights of the suppliers of circles


@dataclass(frozen=True)
class Plan:
    """Everything about a map that does not depend on risk. Make it with `make_plan`."""

    order: Ints  # (nodes,) row of the map at each place
    place: Ints  # (nodes,) place of each row of the map
    set_starts: Ints  # (sets,) first place of each set
    level_sets: Ints  # (levels + 1,) first set of each level
    weight_starts: Places  # (nodes + 1,) where the weights of each place begin
    weight_place: Places  # place of the supplier, rising for each buyer
    weight: Floats  # w of section 11.1
    terms: Terms
    scaled: Mapping[int, float]  # row of the map -> sum of its shares, where that is over 1

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The levels, lowest first. Their weights are views, not copies."""
        return tuple(_level(self, int(a), int(b)) for a, b in pairwise(self.level_sets))

    @cached_property
    def buyers(self) -> tuple[Ints, Places]:
        """The terms the other way: where the buyers of each set begin, and their sets."""
        sets = np.arange(len(self.set_starts), dtype=np.int32)
        buyer = np.repeat(sets, np.diff(self.terms.starts))
        order = np.argsort(self.terms.supplier, kind="stable")
        return _starts(len(sets), self.terms.supplier), buyer[order]

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """The plan as arrays by name; `from_columns` makes the same plan of them."""
        starts, buyer = self.buyers
        return {
            **{name: getattr(self, name) for name in _COLUMNS},
            **{f"terms_{name}": value for name, value in vars(self.terms).items()},
            "buyer_starts": starts,
            "buyer": buyer,
            "scaled_row": np.array(list(self.scaled), dtype=np.int64),
            "scaled_sum": np.array(list(self.scaled.values()), dtype=np.float64),
        }

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Plan:
        """The plan that gave these columns; nothing is copied.

        Raises:
            KeyError: a column is missing.
        """
        rows, sums = columns["scaled_row"].tolist(), columns["scaled_sum"].tolist()
        plan = cls(
            **{name: columns[name] for name in _COLUMNS},
            terms=Terms(**{f.name: columns[f"terms_{f.name}"] for f in fields(Terms)}),
            scaled=MappingProxyType(dict(zip(rows, sums, strict=True))),
        )
        vars(plan)["buyers"] = (columns["buyer_starts"], columns["buyer"])
        return plan

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


_COLUMNS = ("order", "place", "set_starts", "level_sets", "weight_starts", "weight_place", "weight")


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
    # Links of weight 0 still link: connectedness is asked of the pattern, not of the weights.
    ones = np.ones(len(pairs.buyer), dtype=np.float64)
    pattern: csr_array[np.float64, tuple[int, int]] = lazy.sparse.csr_array(
        (ones, pairs.supplier, _starts(count, pairs.buyer)), shape=(count, count)
    )
    sets, labels = lazy.csgraph.connected_components(pattern, directed=True, connection="strong")
    label: Ints = np.asarray(labels, dtype=np.int64)
    buyers, suppliers = label[pairs.buyer], label[pairs.supplier]
    level = _levels(sets, buyers, suppliers)
    terms = np.bincount(buyers[buyers != suppliers], minlength=sets)
    set_order = np.lexsort((-terms, level))
    set_place = np.empty(sets, dtype=np.int64)
    set_place[set_order] = np.arange(sets)
    order = np.argsort(set_place[label], kind="stable")
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    set_of = set_place[label[order]]
    pairs = _moved(pairs, place)
    return Plan(
        order=order,
        place=place,
        set_starts=np.flatnonzero(np.diff(set_of, prepend=-1)),
        level_sets=_starts(int(level.max(initial=-1)) + 1, level),
        weight_starts=_starts(count, pairs.buyer).astype(np.int32),
        weight_place=pairs.supplier.astype(np.int32),
        weight=pairs.weight,
        terms=_terms(pairs, set_of, sets),
        scaled=MappingProxyType(scaled),
    )


def _starts(count: int, rows: NDArray[np.integer[Any]]) -> Ints:
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    return starts


def _pairs(
    count: int, buyer: Ints, supplier: Ints, share: Floats, flow: Floats
) -> tuple[Pairs, dict[int, float]]:
    real = np.flatnonzero(buyer != supplier)
    key = buyer[real] * count + supplier[real]
    order = np.argsort(key)  # unique keys have one order; the others are sorted below
    if (np.diff(key[order]) == 0).any():
        # Parallel links are sorted by share, so that sums do not depend on the order of the links.
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
    order = np.argsort(supplier)
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


def _moved(pairs: Pairs, place: Ints) -> Pairs:
    """The same pairs by place, sorted by the place of the buyer, then of the supplier."""
    buyer, supplier = place[pairs.buyer], place[pairs.supplier]
    order = np.argsort(buyer * len(place) + supplier)
    return Pairs(buyer[order], supplier[order], pairs.weight[order], pairs.flow[order])


def _terms(pairs: Pairs, set_of: Ints, sets: int) -> Terms:
    buyer, supplier = set_of[pairs.buyer], set_of[pairs.supplier]
    between = np.flatnonzero(buyer != supplier)
    return Terms(
        starts=_starts(sets, buyer[between]),
        supplier=supplier[between].astype(np.int32),
        place=pairs.supplier[between].astype(np.int32),
        flow=pairs.flow[between],
        share=np.maximum(pairs.weight[between], METHOD.policy.chain_share_min),
    )


def _level(plan: Plan, first: int, stop: int) -> Level:
    """The level of the sets `first` to `stop` (without `stop`)."""
    count = len(plan.order)
    ends = np.append(plan.set_starts[first : stop + 1], count)[: stop - first + 1]
    nodes = slice(int(ends[0]), int(ends[-1]))
    begin = plan.weight_starts[nodes.start : nodes.stop + 1]
    run = slice(int(begin[0]), int(begin[-1]))
    weights: csr_array = lazy.sparse.csr_array(
        (plan.weight[run], plan.weight_place[run], begin - begin[0]),
        shape=(nodes.stop - nodes.start, nodes.stop),
    )
    sizes = np.diff(ends)
    members = np.arange(nodes.start, nodes.stop)[np.repeat(sizes > 1, sizes)]
    inner = np.append(0, np.cumsum(sizes[sizes > 1])).tolist()
    circles = tuple(slice(a, b) for a, b in pairwise(inner))
    of_members = weights[members - nodes.start]
    inside, outside = (
        lazy.sparse.csr_array(of_members[:, members]),
        lazy.sparse.csr_array(of_members[:, : nodes.start]),
    )
    return Level(nodes, slice(first, stop), weights, members, circles, inside, outside)
