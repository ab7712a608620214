"""Shares of a buyer's input: parallel links, unknown shares, shares over 1 (RM-2.0 11.1).

All functions work on whole columns of links, whose rows of buyers and suppliers are those of the
map.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.rm2.chain_parameters import CHAIN, as_compared

Evidence = NDArray[np.int8]
EVIDENCE_NOT_GIVEN = -1


@dataclass(frozen=True)
class Links:
    """Links of a map as they are recorded, one entry per link in every column.

    `origin` points into a table of U (the likelihood of an unknown origin of that commodity,
    section 5.4), which has a row for each commodity or class of activity and a column an issue.

    Raises:
        ValueError: a known share is outside 0 to 1.
    """

    buyer: Ints  # row of the node
    supplier: Ints  # row of the node
    share: Floats  # 0-1 of the buyer's input, NaN unknown
    evidence: Evidence  # position in FLOWS, EVIDENCE_NOT_GIVEN where none is recorded
    origin: Ints  # row of the table of U

    def __post_init__(self) -> None:
        if not ((self.share >= 0) & (self.share <= 1) | np.isnan(self.share)).all():
            raise ValueError("A link has a share outside 0 to 1.")

    def take(self, rows: Ints | Bools) -> "Links":
        """Some of the links."""
        return Links(
            self.buyer[rows],
            self.supplier[rows],
            self.share[rows],
            self.evidence[rows],
            self.origin[rows],
        )


@dataclass(frozen=True)
class Flows:
    """Input of each buyer from each supplier, sorted by buyer, then by supplier."""

    buyer: Ints
    supplier: Ints
    weight: Floats  # w, 0-1; those of a buyer sum to 1 at most
    evidence: Evidence  # position in FLOWS
    origin: Ints  # row of `unknown`
    unknown: Floats  # (origins, issues) U, 0-1
    reported: Mapping[int, float]  # row of a buyer -> sum of its shares before the cut, over 1


def join_links(count: int, links: Links, unknown: Floats) -> Flows:
    """Flows of a map with `count` nodes (section 11.1).

    Parallel links are one flow with the weakest evidence and the highest U of them; links of a
    node to itself are left out.

    Args:
        unknown: (origins, issues) U, 0-1.
    """
    links = links.take(links.buyer != links.supplier)
    key = links.buyer * count + links.supplier
    order = np.argsort(key)
    if (np.diff(key[order]) == 0).any():
        # Parallel links are sorted by share, so that sums do not depend on the order of the links.
        order = np.lexsort((links.share, key))
    links, key = links.take(order), key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    buyer, supplier = links.buyer[first], links.supplier[first]
    if not len(first):
        return Flows(
            buyer,
            supplier,
            links.share,
            links.evidence,
            links.origin,
            unknown,
            MappingProxyType({}),
        )
    is_unknown = np.isnan(links.share)
    known = np.add.reduceat(np.where(is_unknown, 0.0, links.share), first)
    has_unknown = np.logical_or.reduceat(is_unknown, first)
    given = links.evidence != EVIDENCE_NOT_GIVEN
    evidence = np.where(given, links.evidence, np.int8(CHAIN.propagation.not_given))
    evidence = np.maximum.reduceat(evidence, first)  # FLOWS has the weakest last
    weight = _with_unknown_shares(count, buyer, known, has_unknown, evidence)
    weight, reported = cut_to_one(count, buyer, weight, evidence)
    origin, unknown = _highest_unknown(links.origin, first, unknown)
    return Flows(buyer, supplier, weight, evidence, origin, unknown, MappingProxyType(reported))


def _with_unknown_shares(
    count: int, buyer: Ints, known: Floats, has_unknown: Bools, evidence: Evidence
) -> Floats:
    """Shares of flows once those of unknown share have divided what the known ones leave."""
    if not has_unknown.any():
        return known
    rules = CHAIN.propagation
    rest = np.maximum(0.0, 1 - np.bincount(buyer, known, minlength=count))
    rows = np.flatnonzero(has_unknown)
    asking, part = buyer[rows], rules.unknown_part[evidence[rows]]
    parts = np.bincount(asking, part, minlength=count)
    weight = known.copy()
    weight[rows] += np.maximum(rules.unknown_least, rest[asking] * part / parts[asking])
    return weight


def cut_to_one(
    count: int, buyer: Ints, weight: Floats, evidence: Evidence
) -> tuple[Floats, dict[int, float]]:
    """Shares cut from the weakest evidence first where those of a buyer exceed 1 (11.1).

    Args:
        buyer, weight, evidence: (flows,); evidence as positions in FLOWS.

    Returns:
        The shares, and for each buyer that is reported its sum before the cut.
    """
    total: Floats = np.bincount(buyer, weight, minlength=count).astype(np.float64)
    is_over = as_compared(total) > 1
    if not is_over.any():
        return weight, {}
    rows = np.flatnonzero(is_over[buyer])
    of, kind, shares = buyer[rows], evidence[rows], weight[rows]
    room = np.ones(count)
    for level in CHAIN.propagation.share_levels:  # the strongest takes its room first
        at = np.flatnonzero(level[kind])
        asked: Floats = np.bincount(of[at], shares[at], minlength=count).astype(np.float64)
        # An excess below the decimals of comparisons is none: such shares stay as they are.
        fits = as_compared(asked - room) <= 0
        factor = np.divide(room, asked, out=np.ones(count), where=~fits)
        shares[at] *= factor[of[at]]
        room = np.where(fits, np.maximum(0.0, room - asked), 0.0)
    result = weight.copy()
    result[rows] = shares
    return result, {int(row): float(total[row]) for row in np.flatnonzero(is_over)}


def _highest_unknown(origin: Ints, first: Ints, unknown: Floats) -> tuple[Ints, Floats]:
    """Row of U of each flow; parallel links of several origins get a row of their highest."""
    lowest = np.minimum.reduceat(origin, first)
    is_mixed = lowest != np.maximum.reduceat(origin, first)
    mixed = np.flatnonzero(is_mixed)
    if not len(mixed):
        return lowest, unknown
    sizes = np.diff(first, append=len(origin))
    links = np.flatnonzero(np.repeat(is_mixed, sizes))
    starts = np.cumsum(sizes[mixed]) - sizes[mixed]
    highest = np.maximum.reduceat(unknown[origin[links]], starts, axis=0)
    lowest[mixed] = len(unknown) + np.arange(len(mixed))
    return lowest, np.concatenate([unknown, highest])


def fill_unknown(likelihood: Floats, links: Links, unknown: Floats, *, default: Floats) -> Floats:
    """L_res with every unknown value filled (section 11.8).

    Args:
        likelihood: (nodes, issues) L_res, 0-1, NaN unknown.
        unknown: (origins, issues) U.
        default: (issues,) U of a node without links to it.

    Returns:
        (nodes, issues): where L_res was unknown, the highest U of the links to the node.
    """
    is_unknown = np.isnan(likelihood)
    if not is_unknown.any():
        return likelihood
    is_asked = np.take(is_unknown.any(axis=1), links.supplier) & (links.buyer != links.supplier)
    at = np.flatnonzero(is_asked)
    highest = np.full(likelihood.shape, -np.inf)
    np.maximum.at(highest, links.supplier[at], unknown[links.origin[at]])
    return np.where(is_unknown, np.where(np.isinf(highest), default, highest), likelihood)
