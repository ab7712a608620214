"""Blind spots: volume that ends in unknown origin, tier by tier (RM-1.0 11.3)."""

from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.flow import Arrival, FlowMap
from supply_chain.risk.method import METHOD, Floats, Ints


@dataclass(frozen=True)
class TierVolume:
    """Fate of the volume that arrives so many steps upstream; parts of the whole."""

    step: int
    unknown: float  # arrives from an origin that is not known
    begins: float  # the chain begins here: field, mine, service
    onward: float  # comes from known suppliers still further up


@dataclass(frozen=True)
class Gap:
    """One unknown origin, the buyer in front of it, and how much of the whole it hides."""

    row: int
    buyer: int
    share: float
    step: int  # fewest steps upstream


@dataclass(frozen=True)
class BlindSpots:
    """Ends of the volume; `unknown`, `begins` and `circling` add up to 1."""

    tiers: tuple[TierVolume, ...]
    unknown: float
    begins: float
    circling: float  # was still on its way after the last step
    gaps: tuple[Gap, ...]  # largest first
    gaps_left: int
    gaps_rest: float


def blind_spots(flow: FlowMap, arrival: Arrival, *, most: int) -> BlindSpots:
    """Follow the volume upstream to the points where its origin is lost.

    Step 0 is inside, step 1 are the direct suppliers.

    Args:
        most: how many gaps are named.
    """
    left = np.maximum(0.0, 1 - flow.mapped)
    whole = float(arrival.nodes.sum())
    hidden = np.where(flow.unknown, arrival.begun, 0.0)
    first = np.where(hidden > 0, 0, -1)
    begins = float(arrival.begun.sum() - hidden.sum())
    tiers = [TierVolume(0, float(hidden.sum()), begins, whole)]
    for step, volume in enumerate(flow.travel(arrival.nodes), start=1):
        ending = volume * left  # an unknown origin may be followed further: that part goes on
        unknown = np.where(flow.unknown, ending, 0.0)
        begins = float(ending[~flow.unknown].sum())
        arrived, lost = float(volume.sum()), float(unknown.sum())
        tiers.append(TierVolume(step, lost, begins, max(0.0, arrived - lost - begins)))
        hidden += unknown
        first[(unknown > 0) & (first < 0)] = step
    found = np.flatnonzero(hidden > 0)
    order = found[np.lexsort((found, -np.round(hidden[found], METHOD.policy.decimals)))]
    unknown_all, begins_all = float(hidden.sum()), sum(tier.begins for tier in tiers)
    return BlindSpots(
        tiers=tuple(tiers),
        unknown=unknown_all,
        begins=begins_all,
        circling=max(0.0, whole + float(arrival.begun.sum()) - unknown_all - begins_all),
        gaps=tuple(_gap(flow, int(row), hidden, first) for row in order[:most]),
        gaps_left=max(0, len(order) - most),
        gaps_rest=float(hidden[order[most:]].sum()),
    )


def _gap(flow: FlowMap, row: int, hidden: Floats, first: Ints) -> Gap:
    buyers = flow.graph.buyers.of(row)
    buyer = int(buyers[0]) if len(buyers) else row
    return Gap(row, buyer, float(hidden[row]), int(first[row]))
