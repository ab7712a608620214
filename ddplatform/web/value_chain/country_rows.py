"""Sites by country, and by country and tier: how many, how bad, what stands in an event."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ddplatform.queries.map_colours import STEPS, MapColours
from ddplatform.queries.map_snapshots import Ints, MapSnapshot
from ddplatform.web.countries import country_name
from ddplatform.web.shades import SHADES, Shade, mix_words

NO_COUNTRY = "Country not known"
Address = Callable[[str | None, int | None], str]
"""Of the list of the sites of a country (None: not known) and a lane (None: all)."""


@dataclass(frozen=True)
class Cell:
    """Some sites of one country; `mix` counts them by place of the scale, the gravest first.

    No site, no `href`.
    """

    count: int
    shades: tuple[Shade, ...]
    mix: tuple[int, ...]
    events: int
    href: str

    @property
    def gravest(self) -> Shade:
        """The gravest shade in it."""
        return next(s for s, count in zip(self.shades, self.mix, strict=True) if count)

    @property
    def words(self) -> str:
        """How many in each shade."""
        return mix_words(self.mix, self.shades)

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """Fill class and number, the gravest first."""
        pairs = zip(self.shades, self.mix, strict=True)
        return tuple((f"f-{shade.css}", count) for shade, count in pairs if count)


@dataclass(frozen=True)
class CountryRow:
    """One country: over all its sites, and by tier."""

    code: str | None
    label: str
    whole: Cell
    cells: tuple[Cell, ...]


def lanes_of(snapshot: MapSnapshot, rows: Ints) -> list[int]:
    """The tiers of these nodes, raw material first."""
    found: list[int] = np.unique(snapshot.lane[rows]).tolist()
    return found[::-1]


def country_rows(
    snapshot: MapSnapshot, colours: MapColours, rows: Ints, address: Address
) -> list[CountryRow]:
    """The countries of these nodes, the largest first, with a cell for each of their tiers."""
    lanes = lanes_of(snapshot, rows)
    shape = (len(snapshot.countries), len(lanes), STEPS)
    lane = np.searchsorted(lanes[::-1], snapshot.lane[rows])
    spot = (snapshot.country[rows], len(lanes) - 1 - lane, colours.place[rows].astype(np.int64))
    flat = np.ravel_multi_index(spot, shape) if len(rows) else np.zeros(0, np.int64)
    counts = np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)
    marked = np.bincount(
        flat[colours.in_event[rows]] // STEPS, minlength=shape[0] * shape[1]
    ).reshape(shape[:2])
    shades, found = SHADES[colours.by], []
    for place, code in enumerate(snapshot.countries):
        mine, events, key = counts[place], marked[place], code or None
        if mine.any():
            cells = tuple(
                _cell(
                    mine[at], shades, int(events[at]), address(key, lane) if mine[at].any() else ""
                )
                for at, lane in enumerate(lanes)
            )
            whole = _cell(mine.sum(axis=0), shades, int(events.sum()), address(key, None))
            label = country_name(code) if code else NO_COUNTRY
            found.append(CountryRow(key, label, whole, cells))
    return sorted(found, key=lambda row: (-row.whole.count, row.code or "~"))


def _cell(mix: Ints, shades: tuple[Shade, ...], events: int, href: str) -> Cell:
    return Cell(int(mix.sum()), shades, tuple(mix.tolist()), events, href)
