"""Effect of another activity on the scores of places (RM-2.0 sections 4, 5 and 7).

Only country, goods and activity count here: no answers, events and controls, which a new list of
places does not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import Reference
from supply_chain.risk.context import online_nodes, primary_sectors
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.map_scores import score_nodes
from supply_chain.risk.rm2.method import Floats
from supply_chain.risk.rm2.reference import public_data

MOVED = 5.0
"""Points of the headline risk index beyond which a place counts as moved."""


@dataclass(frozen=True, slots=True)
class Place:
    """Location and goods of a place: ISO 3166-1 alpha-2, refs of goods."""

    country: str | None
    goods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Mean headline risk index (0-100) of places before and after, and how many move."""

    before: float
    after: float
    moved: int


def effects_of(
    places: Sequence[Place], sectors: Sequence[str], *, reference: Reference
) -> list[Effect]:
    """Effect of each sector on the headline risk of places whose activity is unknown."""
    if not places:
        return [Effect(0.0, 0.0, 0) for _ in sectors]
    before = headlines(places, None, reference=reference)
    found = []
    for sector in sectors:
        after = headlines(places, sector, reference=reference)
        moved = int(np.sum(np.abs(after - before) > MOVED))
        found.append(Effect(float(before.mean()), float(after.mean()), moved))
    return found


def headlines(places: Sequence[Place], sector: str | None, *, reference: Reference) -> Floats:
    """(places,) the highest residual risk index of any issue, 0-100."""
    count = len(places)
    nodes = NodeColumns(
        ids=tuple(map(str, range(count))),
        kind=np.zeros(count, dtype=np.int8),
        country=tuple(place.country for place in places),
        sector=(sector,) * count,
        commodities=tuple(place.goods for place in places),
        own_operation=np.zeros(count, dtype=np.bool_),
        origin=np.full(count, -1, dtype=np.int8),
        closed=np.zeros(count, dtype=np.bool_),
    )
    scores = score_nodes(
        nodes,
        Evidence(),
        data=public_data(),
        primary_sectors=primary_sectors(reference),
        online=online_nodes(nodes, reference),
    )
    highest: Floats = scores.of_nodes("residual_index").max(axis=1)
    return highest
