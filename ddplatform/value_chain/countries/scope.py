"""Selected nodes of a map and their colours in the address, the same for every view."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import url_for

from ddplatform.value_chain.countries.queries.cells import Cells, cell_of, count_cells
from ddplatform.value_chain.countries.views.rows import CountryRow, country_rows
from ddplatform.value_chain.filters.address import asked_filter
from ddplatform.value_chain.filters.queries.filters import find_rows
from ddplatform.value_chain.filters.views import filter_query
from ddplatform.value_chain.graph.queries.snapshots import (
    Ints,
    MapSnapshot,
    coloured_by,
    load_snapshot,
)
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.pages import chosen_colouring
from ddplatform.value_chain.pictures.queries.colours import MapColours, load_colours
from ddplatform.value_chain.pictures.views.colour import Colouring
from supply_chain.search.node_filter import NOT_KNOWN


@dataclass(frozen=True)
class MapScope:
    """A map with the colours and the nodes that are asked for."""

    chain: ValueChain
    snapshot: MapSnapshot
    colouring: Colouring
    colours: MapColours
    rows: Ints
    """Rising."""
    is_like: bool
    """No name matches the search: these are similar."""
    is_whole: bool
    """No filter asks for less than the whole map."""
    said: Mapping[str, Any]
    """The filter as an address says it."""

    @cached_property
    def cells(self) -> Cells:
        """The nodes by country and tier."""
        return count_cells(self.snapshot, self.colours, None if self.is_whole else self.rows)

    @cached_property
    def cell_of_rows(self) -> Ints:
        """(rows,) the cell of each node, by number: country by country, in each the lanes."""
        return cell_of(self.snapshot, self.cells.lanes, self.rows)

    @cached_property
    def countries(self) -> list[CountryRow]:
        """The countries, the largest first, each cell with the address of its list."""
        return country_rows(self.snapshot, self.cells, self.colouring.shades, self.table_href)

    @cached_property
    def edition(self) -> str:
        """The version of a drawing of it, as one word: it changes when the drawing would."""
        run = self.chain.current_run_id.hex if self.chain.current_run_id else "none"
        parts = (self.rows, self.colours.place[self.rows], self.colours.in_event[self.rows])
        content = b"".join(np.ascontiguousarray(part).tobytes() for part in parts)
        seen = blake2b(content, digest_size=8).hexdigest()
        return f"{self.chain.version}-{run}-{self.colouring.word}-{seen}"

    def table_href(self, country: str | None, lane: int | None) -> str:
        """The list of the sites of a country and a lane."""
        here = {"country": country or NOT_KNOWN, **self._tier_of(lane)}
        return f"{self._table}?{urlencode({**self.said, **here})}"

    @cached_property
    def _table(self) -> str:
        """The address of the list: computed once, since each cell of a matrix leads there."""
        return url_for("value_chain.table", chain_id=self.chain.id)

    def _tier_of(self, lane: int | None) -> dict[str, Any]:
        """The filter of the list for a lane: only suppliers of an own business have a tier."""
        if lane is None or not self.snapshot.has_own_business:
            return {}
        return {"tier": lane if 0 <= lane < self.snapshot.unlinked else NOT_KNOWN}


def map_scope(chain: ValueChain, colouring: Colouring | None = None) -> MapScope:
    """The map as the address asks for it, in the colours of the address if none are given."""
    colouring = colouring or chosen_colouring()
    snapshot = coloured_by(load_snapshot(chain), colouring.issue)
    colours = load_colours(chain, snapshot, colouring.by, colouring.issue)
    wanted = asked_filter(standing=True)
    found = find_rows(snapshot, chain, wanted)
    return MapScope(
        chain,
        snapshot,
        colouring,
        colours,
        found.rows,
        is_like=found.is_like,
        is_whole=wanted.is_empty,
        said=filter_query(wanted),
    )
