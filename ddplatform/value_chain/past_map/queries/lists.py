"""List of the nodes of a map on a past day: search, filters, pages.

It is read from the snapshot of the day, so that no statement goes through today's rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from ddplatform.value_chain.graph.queries.columns import BANDS
from ddplatform.value_chain.graph.queries.snapshots import MapSnapshot
from supply_chain.graph.columns import NODE_KINDS
from supply_chain.risk.method import Bools
from supply_chain.vocabulary import NodeKind, RiskBand

PAGE_SIZE = 50
NO_COUNTRY = "none"


@dataclass(frozen=True)
class PastFilter:
    """The nodes to list; empty means all."""

    q: str = ""
    """A part of the name, or the id itself."""
    country: str = ""
    kind: NodeKind | None = None


@dataclass(frozen=True)
class PastRow:
    """A node as a list of a past day shows it."""

    id: UUID
    name: str
    kind: NodeKind
    country: str | None
    region: str | None
    lane: int
    band: RiskBand | None


@dataclass(frozen=True)
class PastPage:
    """A page of nodes by name, and how many there are on all pages."""

    rows: Sequence[PastRow]
    first: int
    total: int


def list_past_nodes(snapshot: MapSnapshot, wanted: PastFilter, *, page: int) -> PastPage:
    """A page of the nodes of a past day; the first page is 1, one behind the end is the last."""
    found = [int(row) for row in np.flatnonzero(_standing(snapshot, wanted))]
    if wanted.q:
        q = wanted.q.casefold()
        found = [
            row
            for row in found
            if q in snapshot.names[row].casefold() or wanted.q == snapshot.graph.nodes.ids[row]
        ]
    found.sort(key=lambda row: (snapshot.names[row].casefold(), row))
    last = max(0, (len(found) - 1) // PAGE_SIZE)
    start = min(page - 1, last) * PAGE_SIZE
    rows = [_row(snapshot, row) for row in found[start : start + PAGE_SIZE]]
    return PastPage(rows, start, len(found))


def _standing(snapshot: MapSnapshot, wanted: PastFilter) -> Bools:
    asked = np.ones(len(snapshot.keys), dtype=np.bool_)
    if wanted.country:
        code = "" if wanted.country == NO_COUNTRY else wanted.country
        places = [place for place, known in enumerate(snapshot.countries) if known == code]
        asked &= np.isin(snapshot.country, places)
    if wanted.kind is not None:
        asked &= snapshot.graph.nodes.kind == NODE_KINDS.index(wanted.kind)
    return asked


def _row(snapshot: MapSnapshot, row: int) -> PastRow:
    return PastRow(
        id=snapshot.keys[row],
        name=snapshot.names[row],
        kind=NODE_KINDS[int(snapshot.graph.nodes.kind[row])],
        country=snapshot.graph.nodes.country[row],
        region=snapshot.regions[row],
        lane=int(snapshot.lane[row]),
        band=BANDS[int(snapshot.band[row])],
    )
