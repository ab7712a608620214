"""Heat map of RM-2.0: a row a severity band, cut where the risk bands begin."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.rm2.heat_map import ROW, STEPS
from supply_chain.risk.rm2.severity import SEVERITY_BANDS
from supply_chain.vocabulary import RiskBand, SeverityBand

SPANS: Mapping[SeverityBand, str] = {
    SeverityBand.VERY_SEVERE: _("4.5 to 5"),
    SeverityBand.SEVERE: _("3.5 to 4.5"),
    SeverityBand.MODERATE: _("2.5 to 3.5"),
    SeverityBand.MINOR: _("below 2.5"),
}


@dataclass(frozen=True)
class Cell:
    """A cell: the risks of one severity band and one band."""

    count: int
    band: RiskBand
    by_range: bool  # medium by its range alone (section 7.4)
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Stair:
    """The drawing, and how many risks each band has."""

    rows: tuple[tuple[SeverityBand, str, tuple[Cell, ...]], ...]  # the gravest first
    tally: tuple[tuple[RiskBand, bool, int], ...]  # the worst first; by range alone apart


def stair_of(
    counts: Mapping[str, int], href: Callable[[int | None], str], chosen: int | None = None
) -> Stair:
    """The heat map of some counts by cell.

    Args:
        href: the address of the risks of a cell; None of all.
        chosen: the cell that is filtered by; a second click shows all again.
    """

    def cells(row: int) -> Iterator[Cell]:
        for step, (band, by_range) in enumerate(STEPS, start=1):
            cell = row * ROW + step
            is_chosen = chosen == cell
            count = counts.get(str(cell), 0)
            yield Cell(count, band, by_range, href(None if is_chosen else cell), is_chosen)

    rows = range(len(SEVERITY_BANDS), 0, -1)
    drawn = tuple((SEVERITY_BANDS[row - 1], tuple(cells(row))) for row in rows)
    tally = tuple(
        (band, by_range, sum(cells[at].count for _, cells in drawn))
        for at, (band, by_range) in reversed(list(enumerate(STEPS)))
    )
    return Stair(tuple((severity, SPANS[severity], cells) for severity, cells in drawn), tally)
