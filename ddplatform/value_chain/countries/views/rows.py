"""Sites by country, and by country and tier: their number, their severity, those in an event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from ddplatform.infrastructure.web.countries import country_name
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.countries.queries.cells import Cells
from ddplatform.value_chain.drawings.shades import Shade, mix_words
from ddplatform.value_chain.graph.queries.snapshots import MapSnapshot

NO_COUNTRY = _("Country not known")
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
        """The number in each shade."""
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
    of_tiers: Callable[[], tuple[Cell, ...]] = field(compare=False, repr=False)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """One for each tier: a map of the world asks for none of them."""
        return self.of_tiers()


def country_rows(
    snapshot: MapSnapshot, cells: Cells, shades: tuple[Shade, ...], address: Address
) -> list[CountryRow]:
    """The countries of these cells, the largest first, with a cell for each of their tiers."""
    found = []
    for code, mine, events in zip(
        snapshot.countries, cells.counts.tolist(), cells.events.tolist(), strict=True
    ):
        if any(map(any, mine)):
            key = code or None
            of_tiers = partial(_of_tiers, key, cells.lanes, mine, events, shades, address)
            total = [sum(counts) for counts in zip(*mine, strict=True)]
            whole = _cell(total, shades, sum(events), address(key, None))
            label = country_name(code) if code else str(NO_COUNTRY)
            found.append(CountryRow(key, label, whole, of_tiers))
    return sorted(found, key=lambda row: (-row.whole.count, row.code or "~"))


def _of_tiers(
    code: str | None,
    lanes: Sequence[int],
    mixes: Sequence[Sequence[int]],
    events: Sequence[int],
    shades: tuple[Shade, ...],
    address: Address,
) -> tuple[Cell, ...]:
    return tuple(
        _cell(mix, shades, marked, address(code, lane) if any(mix) else "")
        for lane, mix, marked in zip(lanes, mixes, events, strict=True)
    )


def _cell(mix: Sequence[int], shades: tuple[Shade, ...], events: int, href: str) -> Cell:
    return Cell(sum(mix), shades, tuple(mix), events, href)
