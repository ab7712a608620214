"""Shares of the input of the business by country of delivery (RM-1.0 11.1)."""

import numpy as np

from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot
from ddplatform.value_chain.graph.queries.study import Study, load_study
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.risk.method import Floats


def load_country_volume(chain: ValueChain, rows: Ints | None = None) -> Floats:
    """(countries of the snapshot,) the part, 0 to 1, that sites there deliver to others.

    NaN where none of the sites is linked to the business: what they deliver is not known.

    Deliveries to sites of another country count, and those to where the input arrives in the end.
    What crosses a border of a country twice counts twice, so the parts do not add to 1.

    Args:
        rows: only what these nodes deliver; None: all. What each delivers is worked out once for
            a version of the map, so that no filter goes over the links again.
    """
    study = load_study(chain)
    made = study.snapshot.made
    delivered = made.of("delivered", lambda: _delivered(study))
    if rows is not None:
        return _by_country(study.snapshot, delivered, rows)
    every = np.arange(len(delivered))
    return made.of("delivered_whole", lambda: _by_country(study.snapshot, delivered, every))


def _by_country(snapshot: MapSnapshot, delivered: Floats, rows: Ints) -> Floats:
    many = len(snapshot.countries)
    found = np.bincount(snapshot.country[rows], delivered[rows], minlength=many)
    linked = rows[snapshot.lane[rows] < snapshot.unlinked]
    sites = np.bincount(snapshot.country[linked], minlength=many)
    part: Floats = np.where((sites > 0) | (found > 0), np.minimum(found, 1.0), np.nan)
    return part


def _delivered(study: Study) -> Floats:
    """(nodes of the map,) the part that each delivers to others."""
    flow, snapshot = study.flow, study.snapshot
    start, links, count = flow.start_of_business(), flow.graph.links, len(snapshot.keys)
    volume, _ = flow.volume_of_business
    real = (links.supplier < count) & (links.buyer < count)
    supplier, buyer = links.supplier[real], links.buyer[real]
    moved = volume[buyer] * flow.link_weight[real]
    out = (snapshot.country[supplier] != snapshot.country[buyer]) | (start[buyer] > 0)
    return np.bincount(supplier[out], moved[out], minlength=count).astype(np.float64)
