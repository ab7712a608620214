"""Downstream reach of a node: the nodes affected, and the shortfall of each if it stops."""

from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.paths import best_ways
from supply_chain.analysis.walks import Walk
from supply_chain.risk.method import METHOD, Floats, Ints


@dataclass(frozen=True)
class Touched:
    """One end of the chain that a node reaches."""

    row: int
    share: float  # part of its input that passes the node
    way: Walk | None  # the one that carries most, from it up to the node; None: share 0


@dataclass(frozen=True)
class TouchedGood:
    """A good that an own operation buys, and how much of it passes a node."""

    row: int
    commodity: int  # position in FlowMap.commodities
    share: float  # part of all input of the own operation
    of_good: float  # part of its input of this good


@dataclass(frozen=True)
class Reach:
    """Everything downstream of one node."""

    row: int
    touched: tuple[Touched, ...]  # own operations, largest share first
    count: int  # how many own operations it reaches in all
    goods: tuple[TouchedGood, ...]  # largest share first
    downstream: int  # direct and indirect buyers, own operations too
    without_stated_share: int  # own operations it reaches over links with a share of 0 only


@dataclass(frozen=True)
class Affected:
    """A buyer that is short of input if a node stops."""

    row: int
    lost: float  # part of its input, without a replacement
    is_direct: bool
    others: tuple[int, ...]  # known suppliers of the same goods that are not affected


@dataclass(frozen=True)
class Stop:
    """Downstream effects if one node stops."""

    row: int
    affected: tuple[Affected, ...]  # the largest loss first
    count: int  # how many are affected in all
    without_other: int  # how many of them know no other source
    business: float  # part of the input of the start that is lost


def reach_of(flow: FlowMap, start: Floats, row: int, *, most: int) -> Reach:
    """Ends of the chain that a node affects.

    Args:
        start: (nodes,) above 0 at the ends of the chain, as of `FlowMap.start_of_business`.
    """
    downstream, share = flow.graph.downstream(row), flow.through(row)
    own = flow.graph.nodes.own_operation
    ends = own if own.any() else start > 0
    reached = downstream[ends[downstream]]
    shown = _largest(share, reached)[:most]
    ways = best_ways(flow, row, shown[share[shown] > 0].tolist())
    return Reach(
        row=row,
        touched=tuple(Touched(at, float(share[at]), ways.get(at)) for at in shown.tolist()),
        count=len(reached),
        goods=_goods(flow, reached, share)[:most],
        downstream=len(downstream),
        without_stated_share=int((share[reached] == 0).sum()),
    )


def _largest(values: Floats, rows: Ints) -> Ints:
    """Rows by falling value, of equal ones the lower row first."""
    found: Ints = rows[np.lexsort((rows, -np.round(values[rows], METHOD.policy.decimals)))]
    return found


def _goods(flow: FlowMap, rows: Ints, share: Floats) -> tuple[TouchedGood, ...]:
    links, kinds = flow.graph.links, max(len(flow.commodities), 1)
    into = np.flatnonzero(np.isin(links.buyer, rows))
    key = links.buyer[into] * kinds + flow.link_commodity[into]
    weight = flow.link_weight[into]
    keys, place = np.unique(key, return_inverse=True)
    whole = np.bincount(place, weight, minlength=len(keys))
    passing = np.bincount(place, weight * share[links.supplier[into]], minlength=len(keys))
    found = [
        TouchedGood(int(k // kinds), int(k % kinds), float(part), float(part / all_))
        for k, part, all_ in zip(keys, passing, whole, strict=True)
        if part > 0
    ]
    return tuple(
        sorted(
            found,
            key=lambda one: (-round(one.share, METHOD.policy.decimals), one.row, one.commodity),
        )
    )


def stop_of(flow: FlowMap, start: Floats, row: int, *, most: int) -> Stop:
    """Loss of input by buyer if a node stops, and the buyers with another source.

    Another source is a known supplier of the same good that does not itself depend on the node.
    Where the links do not say which good flows, no other source is known.
    """
    downstream, lost = flow.graph.downstream(row), flow.through(row)
    buyer, other = _other_sources(flow, row, downstream)
    has_other = np.zeros(len(flow), dtype=np.bool_)
    has_other[buyer] = True
    direct = np.isin(downstream, flow.graph.buyers.of(row))
    is_direct = dict(zip(downstream.tolist(), direct.tolist(), strict=True))
    shown = _largest(lost, downstream)[:most].tolist()
    others = {at: tuple(other[buyer == at].tolist()) for at in shown}
    return Stop(
        row=row,
        affected=tuple(Affected(at, float(lost[at]), is_direct[at], others[at]) for at in shown),
        count=len(downstream),
        without_other=int((~has_other[downstream]).sum()),
        business=float(start @ lost),
    )


def _other_sources(flow: FlowMap, row: int, downstream: Ints) -> tuple[Ints, Ints]:
    """Pairs of an affected buyer and another source of what it loses, by buyer, then source."""
    links, kinds = flow.graph.links, len(flow.commodities)
    affected = np.zeros(len(flow), dtype=np.bool_)
    affected[downstream] = True
    touched = affected.copy()
    touched[row] = True
    key = links.buyer * max(kinds, 1) + flow.link_commodity
    stated = flow.link_commodity >= int(None in flow.commodities)  # None comes first
    losing = affected[links.buyer] & touched[links.supplier] & (links.buyer != links.supplier)
    free = affected[links.buyer] & ~touched[links.supplier] & ~flow.unknown[links.supplier]
    fits = np.isin(key, np.unique(key[losing])) & stated
    at = np.flatnonzero(free & fits)
    pairs = np.unique(links.buyer[at] * len(flow) + links.supplier[at])
    return pairs // max(len(flow), 1), pairs % max(len(flow), 1)
