"""Concentration of supply: shares of suppliers, countries, regions, commodities.

The Herfindahl index is the sum of the squared shares: 1 with one source, 1/n with n equal ones.
The unknown part may be spread over many sources or belong to the largest, so that the index is
then a range, never a guess.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.flow import Arrival, FlowMap
from supply_chain.risk.method import METHOD, Bools, Floats, Ints


@dataclass(frozen=True)
class Portion:
    """Share of one supplier, place or good in the whole."""

    label: int
    share: float


@dataclass(frozen=True)
class Concentration:
    """Shares of one whole, largest first; they and `unknown` add up to 1."""

    portions: tuple[Portion, ...]
    count: int  # how many there are, also those that are not named
    unknown: float
    herfindahl: float  # if what is unknown is spread over very many
    herfindahl_most: float  # if it all comes from the largest

    @property
    def largest(self) -> float:
        """The largest share; 0 where nothing is known."""
        return self.portions[0].share if self.portions else 0.0


def concentration(volume: Floats, label: Ints, unknown: Bools, *, most: int) -> Concentration:
    """The shares of labels in a volume.

    Args:
        volume: >= 0, one entry a node or link.
        label: of each entry, from 0; below 0 where it is not known.
        unknown: entries whose source is not known.
        most: how many labels are named.
    """
    total = float(volume.sum())
    if not total > 0:
        return Concentration((), 0, 0.0, 0.0, 0.0)
    known = ~unknown & (label >= 0)
    shares = np.bincount(label[known], volume[known]) / total
    found = np.flatnonzero(shares > 0)
    order = found[np.lexsort((found, -np.round(shares[found], METHOD.policy.decimals)))]
    rest = max(0.0, 1 - float(shares.sum()))
    rest = rest if rest > METHOD.policy.share_unknown_min * 1e-9 else 0.0
    spread = float((shares**2).sum())
    largest = float(shares[order[0]]) if len(order) else 0.0
    return Concentration(
        portions=tuple(Portion(int(at), float(shares[at])) for at in order[:most]),
        count=len(order),
        unknown=rest,
        herfindahl=spread,
        herfindahl_most=spread - largest**2 + (largest + rest) ** 2,
    )


def where_it_ends(flow: FlowMap, arrival: Arrival) -> Floats:
    """(nodes,) the volume whose way is not mapped any further than the node."""
    ends = arrival.begun.copy()
    left = np.maximum(0.0, 1 - flow.mapped)
    for volume in flow.travel(arrival.nodes):
        ends += volume * left
    return ends
