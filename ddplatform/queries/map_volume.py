"""Which part of the input of the business is delivered from each country (RM-1.0 11.1)."""

import numpy as np

from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.analysis import Study, load_study
from ddplatform.queries.map_snapshots import Ints
from supply_chain.risk.method import Floats


def load_country_volume(chain: ValueChain, rows: Ints | None = None) -> Floats:
    """(countries of the snapshot,) the part, 0 to 1, that sites there deliver to others.

    NaN where none of the sites is linked to the business: what they deliver is not known.

    Deliveries to sites of another country count, and those to where the input arrives in the end.
    What crosses a border of a country twice counts twice, so the parts do not add to 1.

    Args:
        rows: only what these nodes deliver; None: all, worked out once for a version of the map.
    """
    study = load_study(chain)
    if rows is not None:
        return _volume(study, rows)
    every = np.arange(len(study.snapshot.keys))
    return study.snapshot.made.of("volume", lambda: _volume(study, every))


def _volume(study: Study, rows: Ints) -> Floats:
    flow, snapshot = study.flow, study.snapshot
    start, links = flow.start_of_business(), flow.graph.links
    volume, _ = flow.volume_of_business
    asked = np.zeros(len(flow), dtype=np.bool_)
    asked[rows] = True
    real = asked[links.supplier] & (links.buyer < len(snapshot.keys))
    supplier, buyer = links.supplier[real], links.buyer[real]
    moved = volume[buyer] * flow.link_weight[real]
    out = (snapshot.country[supplier] != snapshot.country[buyer]) | (start[buyer] > 0)
    found = np.bincount(
        snapshot.country[supplier[out]], moved[out], minlength=len(snapshot.countries)
    )
    linked = rows[snapshot.lane[rows] < snapshot.unlinked]
    sites = np.bincount(snapshot.country[linked], minlength=len(snapshot.countries))
    part: Floats = np.where((sites > 0) | (found > 0), np.minimum(found, 1.0), np.nan)
    return part
