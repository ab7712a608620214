"""Grouping of the nodes of a tier: by country, region, commodity or operator."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot
from supply_chain.graph.stored_columns import CodedColumn
from supply_chain.reference.regions import region_key

NOT_KNOWN = "--"
BETWEEN = "/"
"""Between the country and the region of a key."""
TIER = "t"


class GroupBy(StrEnum):
    """The key by which nodes are grouped."""

    COUNTRY = "country"
    REGION = "region"
    COMMODITY = "commodity"
    OPERATOR = "operator"


def groups_of(snapshot: MapSnapshot, rows: Ints, by: GroupBy) -> list[tuple[str, Ints]]:
    """Keys and nodes of the groups: the worst band first, then the largest, then by key."""
    codes, key_of = _CODES[by](snapshot)
    of_rows = codes[rows]
    # One sorting for all groups: there may be as many of them as nodes.
    order = np.argsort(of_rows, kind="stable")
    found, starts = np.unique(of_rows[order], return_index=True)
    parts = np.split(rows[order], starts[1:]) if len(found) else []
    groups = [(key_of(code), part) for code, part in zip(found.tolist(), parts, strict=True)]
    return sorted(groups, key=lambda g: (int(snapshot.band[g[1]].min()), -len(g[1]), g[0]))


def tiers_of(snapshot: MapSnapshot, rows: Ints) -> list[tuple[str, Ints]]:
    """The tiers of nodes that share a lane, the nearest to the business first; `t7` is tier 7."""
    lanes = snapshot.lane[rows]
    found = sorted(lanes_in(lanes).tolist(), key=abs)
    return [(f"{TIER}{lane}", rows[lanes == lane]) for lane in found]


def lanes_in(lanes: Ints) -> Ints:
    """The lanes that some nodes stand in, rising; they are few, so nothing is sorted."""
    if not len(lanes):
        return lanes
    first = int(lanes.min())
    found: Ints = np.flatnonzero(np.bincount(lanes - first)) + first
    return found


Codes = tuple[Ints, Callable[[int], str]]
"""A number for each node, and the key of its group."""


def _countries(snapshot: MapSnapshot) -> Codes:
    return snapshot.country, lambda code: snapshot.countries[code] or NOT_KNOWN


def _regions(snapshot: MapSnapshot) -> Codes:
    """Regions of two countries may have one name; spellings of one region are one group."""
    regions = snapshot.regions
    assert isinstance(regions, CodedColumn)
    many = len(snapshot.countries)
    # “Punjab” before “Punjab Province”: the shortest spelling names the group.
    spellings = sorted(range(len(regions.table)), key=lambda code: _length(regions.table[code]))
    firsts: dict[str, int] = {}
    for code in spellings:
        firsts.setdefault(region_key(regions.table[code]), code)
    same = np.array([firsts[region_key(name)] for name in regions.table], dtype=np.int64)

    def key(code: int) -> str:
        region, country = divmod(code, many)
        where = snapshot.countries[country] or NOT_KNOWN
        return f"{where}{BETWEEN}{regions.table[region] or NOT_KNOWN}"

    return same[regions.codes] * many + snapshot.country, key


def _length(name: str | None) -> tuple[int, bool, str]:
    """Order of spellings: the shortest, and of two as long the one that is not in capitals."""
    return len(name or ""), (name or "").isupper(), name or ""


def _commodities(snapshot: MapSnapshot) -> Codes:
    commodities = snapshot.graph.nodes.commodities
    assert isinstance(commodities, CodedColumn)
    keys = [BETWEEN.join(sorted(refs)) or NOT_KNOWN for refs in commodities.table]
    firsts = {key: code for code, key in reversed(list(enumerate(keys)))}
    same = np.array([firsts[key] for key in keys], dtype=np.int64)
    return same[commodities.codes], keys.__getitem__


def _operators(snapshot: MapSnapshot) -> Codes:
    keys = snapshot.keys
    return snapshot.operator, lambda row: NOT_KNOWN if row < 0 else str(keys[row])


_CODES: Mapping[GroupBy, Callable[[MapSnapshot], Codes]] = {
    GroupBy.COUNTRY: _countries,
    GroupBy.REGION: _regions,
    GroupBy.COMMODITY: _commodities,
    GroupBy.OPERATOR: _operators,
}
