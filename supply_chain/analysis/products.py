"""Product flows: the goods, their traceability, and the share of each from unknown origin."""

from dataclasses import dataclass
from itertools import islice

import numpy as np

from supply_chain.analysis.flow import Arrival, FlowMap
from supply_chain.risk.method import METHOD

STEPS = 8


@dataclass(frozen=True)
class ProductFlow:
    """The flow of one good on its way in."""

    commodity: int  # position in FlowMap.commodities
    by_step: tuple[float, ...]  # part of all volume that is this good, on the way in first
    suppliers: int  # known suppliers of it, on all steps
    unknown: float  # part of its flow, over all steps, whose supplier is not known


def product_flows(flow: FlowMap, arrival: Arrival) -> tuple[ProductFlow, ...]:
    """The goods on the first `STEPS` steps upstream, those first of which most arrives."""
    links, kinds = flow.graph.links, len(flow.commodities)
    on_link = arrival.links.copy()
    steps = [np.bincount(flow.link_commodity, on_link, minlength=kinds)]
    for volume in islice(flow.travel(arrival.nodes), STEPS - 1):
        moved = volume[links.buyer] * flow.link_weight
        steps.append(np.bincount(flow.link_commodity, moved, minlength=kinds))
        on_link += moved
    used = np.flatnonzero(on_link > 0)
    good, hidden = flow.link_commodity[used], flow.unknown[links.supplier[used]]
    whole = np.bincount(good, on_link[used], minlength=kinds)
    lost = np.bincount(good, on_link[used] * hidden, minlength=kinds)
    pairs = np.unique(good[~hidden] * max(len(flow), 1) + links.supplier[used][~hidden])
    suppliers = np.bincount(pairs // max(len(flow), 1), minlength=kinds)
    found = [
        ProductFlow(
            commodity=at,
            by_step=tuple(float(step[at]) for step in steps),
            suppliers=int(suppliers[at]),
            unknown=float(lost[at] / whole[at]),
        )
        for at in np.flatnonzero(whole > 0).tolist()
    ]
    return tuple(sorted(found, key=_order))


def _order(one: ProductFlow) -> tuple[float, float, int]:
    decimals = METHOD.policy.decimals
    return -round(one.by_step[0], decimals), -round(sum(one.by_step), decimals), one.commodity
