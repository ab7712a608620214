"""Links between groups of nodes, added up: the graph of a view that shows no node by itself."""

from dataclasses import dataclass

import numpy as np

from ddplatform.value_chain.graph.queries.snapshots import Ints
from ddplatform.value_chain.graph.queries.study import load_study
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.risk.method import Floats


@dataclass(frozen=True)
class Bundles:
    """The links from one group to another as one; one entry a pair, by supplier, then buyer.

    Links inside a group are a pair of it with itself.
    """

    supplier: Ints  # the group
    buyer: Ints
    links: Ints  # how many
    volume: Floats
    """The part of our input that goes over them, 0 to 1, as `load_country_volume` counts it; NaN
    where no supplier of the pair is linked to the business: not known."""


def bundle_links(chain: ValueChain, groups: Ints) -> Bundles:
    """The links of a map whose two ends both stand in some group.

    Args:
        groups: (nodes of the map,) the group of each from 0 on; -1 for one that is left out.
    """
    study = load_study(chain)
    flow, snapshot = study.flow, study.snapshot
    links, nodes = flow.graph.links, len(snapshot.keys)
    # Unknown origins stand behind the nodes; no view of sites counts them.
    group = np.concatenate([groups, np.full(len(flow) - nodes, -1, dtype=np.int64)])
    kept = np.flatnonzero((group[links.supplier] >= 0) & (group[links.buyer] >= 0))
    supplier, buyer = links.supplier[kept], links.buyer[kept]
    most = int(groups.max(initial=0)) + 1
    pair, place, times = np.unique(
        group[supplier] * most + group[buyer], return_inverse=True, return_counts=True
    )
    volume, _ = flow.volume_of_business
    moved = np.bincount(place, volume[buyer] * flow.link_weight[kept], minlength=len(pair))
    is_linked = snapshot.lane[supplier] < snapshot.unlinked
    linked = np.bincount(place, is_linked, minlength=len(pair))
    part: Floats = np.where(linked > 0, np.minimum(moved, 1.0), np.nan)
    return Bundles(pair // most, pair % most, times, part)
