"""Presence of an organisation's own maps in the atlas: sites in a country, a good in its links."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.graph.queries.columns import BANDS
from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot, load_snapshot
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.graph.columns import FLOWS
from supply_chain.graph.stored_columns import CodedColumn
from supply_chain.vocabulary import FlowEvidence, RiskBand

NAMED = 20
FLOWS_SHOWN = 30
Mix = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class MapCount:
    """The number of sites of one map, by band: worst first, not assessed last (`BANDS`)."""

    chain_id: UUID
    chain_name: str
    mix: Mix

    @property
    def total(self) -> int:
        """All of them, not assessed ones too."""
        return sum(self.mix)


@dataclass(frozen=True)
class Presence:
    """The sites of all maps in one place."""

    maps: tuple[MapCount, ...]

    @property
    def mix(self) -> Mix:
        """The number in each band, over all maps; a site of two maps counts in both."""
        critical, high, medium, low, none = (
            sum(one.mix[at] for one in self.maps) for at in range(len(BANDS))
        )
        return critical, high, medium, low, none

    @property
    def total(self) -> int:
        """All sites."""
        return sum(one.total for one in self.maps)

    @property
    def worst(self) -> RiskBand | None:
        """The worst band; None where nothing is assessed."""
        return next((band for band, n in zip(BANDS, self.mix, strict=True) if n and band), None)


NOWHERE = Presence(())


@dataclass(frozen=True)
class NamedSite:
    """A site by name."""

    id: UUID
    name: str
    country: str | None
    band: RiskBand | None
    chain_name: str


@dataclass(frozen=True)
class Flow:
    """Links of a good from one country to another; None: the country is not known."""

    supplier_country: str | None
    buyer_country: str | None
    links: int
    confirmed: int


@dataclass(frozen=True)
class GoodPresence:
    """The presence of a good in the maps: makers or shippers, buyers, pairs of countries.

    `unstated` counts links out of its makers that do not say which good they carry; they are in
    no flow. `makers_named` and `buyers_named` are the first by salience rank.
    """

    makers: Presence
    buyers: Presence
    makers_named: tuple[NamedSite, ...]
    buyers_named: tuple[NamedSite, ...]
    flows: tuple[Flow, ...]
    flows_total: int
    unstated: int


def presence_by_country() -> Mapping[str, Presence]:
    """Country -> our sites there, over all maps; sites without a country stand under ""."""
    found: dict[str, list[MapCount]] = defaultdict(list)
    for chain, snapshot in _maps():
        wide = len(snapshot.countries), len(BANDS)
        place = snapshot.country * len(BANDS) + snapshot.band
        counts = np.bincount(place, minlength=wide[0] * wide[1]).reshape(wide)
        for code, row in zip(snapshot.countries, counts.tolist(), strict=True):
            if sum(row):
                found[code].append(MapCount(chain.id, chain.name, _mix(row)))
    return {code: Presence(tuple(counts)) for code, counts in found.items()}


def goods_by_presence() -> Mapping[str, int]:
    """Good -> how many of our sites name it or deliver it over a link, over all maps."""
    found: dict[str, int] = defaultdict(int)
    for _, snapshot in _maps():
        goods = _goods(snapshot)
        sizes = np.bincount(goods.codes, minlength=len(goods.table))
        for refs, count in zip(goods.table, sizes.tolist(), strict=True):
            for ref in set(refs):
                found[ref] += count
        for ref, count in _only_delivered(snapshot, goods):
            found[ref] += count
    return found


def _only_delivered(
    snapshot: MapSnapshot, goods: CodedColumn[tuple[str, ...]]
) -> list[tuple[str, int]]:
    """Goods of links, and how many of their suppliers do not name them."""
    carried, supplier = _carried(snapshot), snapshot.graph.links.supplier
    wide = len(carried.table)
    if not wide:
        return []
    site, good = np.divmod(np.unique(supplier.astype(np.int64) * wide + carried.codes), wide)
    named = np.array([[one in refs for one in carried.table] for refs in goods.table])
    counts = np.bincount(good[~named[goods.codes[site], good]], minlength=wide).tolist()
    return [(ref, n) for ref, n in zip(carried.table, counts, strict=True) if ref and n]


def load_good_presence(ref: str, country: str | None = None) -> GoodPresence:
    """The presence of a good in our maps; with a country, only goods made or shipped there."""
    makers, buyers = [], []
    flows: _Flows = defaultdict(lambda: np.zeros(2, dtype=np.int64))
    named: tuple[list[_Ranked], list[_Ranked]] = ([], [])
    unstated = 0
    for chain, snapshot in _maps():
        found = _rows_of_good(snapshot, ref, country)
        makers.append(_count(chain, snapshot, found.makers))
        buyers.append(_count(chain, snapshot, found.buyers))
        named[0].extend(_first(chain, snapshot, found.makers))
        named[1].extend(_first(chain, snapshot, found.buyers))
        unstated += found.unstated
        _add_flows(flows, snapshot, found.links)
    ordered = sorted(
        (Flow(way[0], way[1], int(n[0]), int(n[1])) for way, n in flows.items()),
        key=lambda flow: (-flow.links, flow.supplier_country or "~", flow.buyer_country or "~"),
    )
    return GoodPresence(
        makers=Presence(tuple(one for one in makers if one.total)),
        buyers=Presence(tuple(one for one in buyers if one.total)),
        makers_named=_named(named[0]),
        buyers_named=_named(named[1]),
        flows=tuple(ordered[:FLOWS_SHOWN]),
        flows_total=len(ordered),
        unstated=unstated,
    )


_Ranked = tuple[int, str, NamedSite]
_Flows = dict[tuple[str | None, str | None], Ints]


@dataclass(frozen=True)
class _Rows:
    makers: Ints
    buyers: Ints
    links: Ints
    unstated: int


def _maps() -> list[tuple[ValueChain, MapSnapshot]]:
    chains = db.session.scalars(select(ValueChain).order_by(ValueChain.name, ValueChain.id)).all()
    return [(chain, load_snapshot(chain)) for chain in chains]


def _goods(snapshot: MapSnapshot) -> CodedColumn[tuple[str, ...]]:
    return CodedColumn.of("commodities", snapshot.kept.arrays)


def _carried(snapshot: MapSnapshot) -> CodedColumn[str | None]:
    return CodedColumn.of("link_commodity", snapshot.kept.arrays)


def _rows_of_good(snapshot: MapSnapshot, ref: str, country: str | None) -> _Rows:
    goods, columns = _goods(snapshot), snapshot.graph.links
    carried = _carried(snapshot)
    making = np.isin(goods.codes, [at for at, refs in enumerate(goods.table) if ref in refs])
    carries = np.isin(carried.codes, [at for at, one in enumerate(carried.table) if one == ref])
    if country is not None:
        here = snapshot.country == _place(snapshot, country)
        making, carries = making & here, carries & here[columns.supplier]
    silent = np.isin(carried.codes, [at for at, one in enumerate(carried.table) if one is None])
    links = np.flatnonzero(carries)
    return _Rows(
        makers=np.union1d(np.flatnonzero(making), columns.supplier[links]),
        buyers=np.unique(columns.buyer[links]),
        links=links,
        unstated=int((silent & making[columns.supplier]).sum()),
    )


def _place(snapshot: MapSnapshot, country: str) -> int:
    return snapshot.countries.index(country) if country in snapshot.countries else -1


def _count(chain: ValueChain, snapshot: MapSnapshot, rows: Ints) -> MapCount:
    counts = np.bincount(snapshot.band[rows], minlength=len(BANDS)).tolist()
    return MapCount(chain.id, chain.name, _mix(counts))


def _mix(counts: Sequence[int]) -> Mix:
    critical, high, medium, low, none = counts
    return critical, high, medium, low, none


def _first(chain: ValueChain, snapshot: MapSnapshot, rows: Ints) -> list[_Ranked]:
    order = np.lexsort((rows, snapshot.rank[rows]))[:NAMED]
    return [
        (
            int(snapshot.rank[row]),
            snapshot.names[row],
            NamedSite(
                id=snapshot.keys[row],
                name=snapshot.names[row],
                country=snapshot.countries[int(snapshot.country[row])] or None,
                band=BANDS[int(snapshot.band[row])],
                chain_name=chain.name,
            ),
        )
        for row in rows[order].tolist()
    ]


def _named(found: list[_Ranked]) -> tuple[NamedSite, ...]:
    return tuple(site for *_, site in sorted(found, key=lambda one: one[:2])[:NAMED])


def _add_flows(flows: _Flows, snapshot: MapSnapshot, links: Ints) -> None:
    columns, codes = snapshot.graph.links, snapshot.countries
    wide = len(codes)
    way = snapshot.country[columns.supplier[links]] * wide + snapshot.country[columns.buyer[links]]
    sure = columns.flow[links] == FLOWS.index(FlowEvidence.CONFIRMED)
    ways, place = np.unique(way, return_inverse=True)
    every, confirmed = np.bincount(place), np.bincount(place[sure], minlength=len(ways))
    for one, *counts in zip(ways.tolist(), every, confirmed, strict=True):
        flows[codes[one // wide] or None, codes[one % wide] or None] += np.array(counts)
