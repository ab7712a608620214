"""Context of the nodes of a map: place, activities, listing (RM-2.0 sections 4 and 5).

Many nodes of a map share country, sector and goods. Values that depend on these alone are computed
once for each distinct combination.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.risk.rm2.context import (
    Activities,
    Place,
    activities_of,
    listing_points,
    place_of,
)
from supply_chain.risk.rm2.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.reference import PublicData

Combination = tuple[str | None, str | None, tuple[str, ...]]


@dataclass(frozen=True)
class MapContext:
    """The different contexts of a map, and which of them each node has."""

    which: Ints  # (nodes,) row of the context
    place: Ints  # (contexts,) row in the tables of places
    activity: tuple[Ints, Ints]  # (pairs,) context and class of activity, by rising context
    listing: Floats  # (contexts, issues) points of section 5.3

    def places(self, data: PublicData, nodes: Ints) -> Place:
        """Reference values of some nodes."""
        return place_of(data, self.place[self.which[nodes]])

    def activities(self, data: PublicData, nodes: Ints) -> Activities:
        """Activities of some nodes."""
        of_context, classes = self.activity
        which = self.which[nodes]
        first, last = (np.searchsorted(of_context, which, side) for side in ("left", "right"))
        sizes = last - first
        node = np.repeat(np.arange(len(nodes)), sizes)
        at = np.arange(len(node)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)
        return activities_of(data, node, classes[at], len(nodes))

    def listings(self, nodes: Ints) -> Floats:
        """(nodes, issues) points of section 5.3 of some nodes."""
        points: Floats = self.listing[self.which[nodes]]
        return points


def context_of(nodes: NodeColumns, data: PublicData, primary_sectors: frozenset[str]) -> MapContext:
    """Contexts of all nodes; a country, sector or good that the data lack counts as unknown.

    Args:
        primary_sectors: sectors of primary production, where the goods of a node are grown,
            caught or dug there (section 5.4).
    """
    known: dict[Combination, int] = {}
    keys = zip(nodes.country, nodes.sector, nodes.commodities, strict=True)
    which = np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
    made = [
        (country, sector, made_goods(sector, goods, data, primary_sectors))
        for country, sector, goods in known
    ]
    pairs = [
        (row, class_)
        for row, (_, sector, goods) in enumerate(made)
        for class_ in sorted(_classes(sector, goods, data))
    ]
    activity = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return MapContext(
        which=which,
        place=np.array(
            [data.place.get(country or "", data.world) for country, _, _ in made], dtype=np.int64
        ),
        activity=(activity[:, 0], activity[:, 1]),
        listing=_listing(
            ((country, listed_goods(sector, goods, data)) for country, sector, goods in made),
            len(made),
            data,
        ),
    )


def made_goods(
    sector: str | None, goods: Iterable[str], data: PublicData, primary_sectors: frozenset[str]
) -> tuple[str, ...]:
    """Goods of a node that are made there: their activity and listing are its own.

    Where the sector is known and no primary production, a good of another class of activity is
    an input of the node or on its shelves: a chocolate shop grows no cocoa.
    """
    known = tuple(good for good in goods if good in data.commodity_class)
    if sector not in data.sector_class or sector in primary_sectors:
        return known
    class_ = data.sector_class[str(sector)]
    return tuple(good for good in known if data.commodity_class[good] == class_)


def listed_goods(sector: str | None, made: tuple[str, ...], data: PublicData) -> tuple[str, ...]:
    """Goods of a node whose listing counts (section 5.3): those made there.

    Where none of these is stated, the good that the sector is named for counts: who is known to
    sew garments makes garments (decision 21).

    Args:
        made: what `made_goods` gave.
    """
    if made or sector not in data.sector_product:
        return made
    return (data.sector_product[str(sector)],)


def _classes(sector: str | None, goods: tuple[str, ...], data: PublicData) -> set[int]:
    classes = {data.commodity_class[good] for good in goods}
    return classes | ({data.sector_class[str(sector)]} if sector in data.sector_class else set())


def _listing(
    combinations: Iterable[tuple[str | None, tuple[str, ...]]], count: int, data: PublicData
) -> Floats:
    kinds, elsewhere = METHOD.listing.kinds, METHOD.listing.elsewhere_kinds
    listed: Bools = np.zeros((count, len(kinds)), dtype=np.bool_)
    counts = np.zeros((count, len(elsewhere)))
    none = (False,) * len(kinds)
    for row, (country, goods) in enumerate(combinations):
        for good in goods if country else ():
            listed[row] |= data.listed.get((str(country), good), none)
            found = [data.listed_elsewhere(kind, good, str(country)) for kind in elsewhere]
            counts[row] = np.maximum(counts[row], found)
    return listing_points(listed, counts)
