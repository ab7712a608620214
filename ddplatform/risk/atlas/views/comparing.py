"""Comparison of countries: one row a figure, one cell a country."""

from collections.abc import Sequence
from dataclasses import dataclass

from ddplatform.infrastructure.web.filters import figure, number
from ddplatform.infrastructure.words.factors import factor_title
from ddplatform.languages import gettext
from ddplatform.risk.atlas.queries.context import ContextLine
from ddplatform.risk.atlas.queries.country import CountryAtlas, FactorLine
from ddplatform.risk.atlas.views.words import WORST, first_place
from supply_chain.reference.context import LESS_RISK


@dataclass(frozen=True)
class Cell:
    """The value of one country in a row; `text` None is no figure. `score` is drawn, 0 to 1."""

    text: str | None
    note: str = ""
    score: float | None = None
    is_worst: bool = False


@dataclass(frozen=True)
class CompareRow:
    """One figure over all countries; `mixed` where they are of different measures."""

    label: str
    note: str
    cells: tuple[Cell, ...]
    mixed: bool = False


@dataclass(frozen=True)
class CompareTable:
    """Rows of one theme."""

    title: str
    rows: tuple[CompareRow, ...]


def side_by_side(told: Sequence[CountryAtlas]) -> list[CompareTable]:
    """The country factors, then their context by theme; rows without any value are left out."""
    factors = tuple(
        _factor_row(lines) for lines in zip(*(one.factors for one in told), strict=True)
    )
    return [
        CompareTable(gettext("Country factors"), factors),
        *(CompareTable(theme, _context_rows(told, theme)) for theme in _themes(told)),
    ]


def _factor_row(lines: Sequence[FactorLine]) -> CompareRow:
    sets = {line.known.figure.indicator for line in lines if line.known.figure}
    units = {line.known.data_set.unit for line in lines if line.known.data_set}
    first = lines[0].known
    return CompareRow(
        label=factor_title(first.name),
        note=", ".join(
            (first.factor, *([gettext("critical")] if first.critical else []), *sorted(units))
        ),
        cells=tuple(
            _factor_cell(line, is_worst=stands_out)
            for line, stands_out in zip(lines, _worst(_alike(lines)), strict=True)
        ),
        mixed=len(sets) > 1,
    )


def _alike(lines: Sequence[FactorLine]) -> list[float | None]:
    """The figures by what is worse, where they are of one set; None for all where they are not.

    Not by what they count as: an old figure counts as more than it says.
    """
    known = [line.known.figure for line in lines]
    if len({figure.indicator for figure in known if figure}) > 1:
        return [None] * len(lines)
    sign = -1 if lines[0].higher_means == LESS_RISK else 1
    return [
        None if figure is None or figure.shown is None else sign * figure.shown for figure in known
    ]


def _worst(values: Sequence[float | None]) -> list[bool]:
    """The largest of the known values; none where they are all equal."""
    known = [value for value in values if value is not None]
    if len(set(known)) < 2:
        return [False] * len(values)
    return [value == max(known) for value in values]


def _factor_cell(line: FactorLine, *, is_worst: bool) -> Cell:
    known, share = line.known.figure, line.share.counts
    counts = gettext("counts as %(value)s", value=number(share, 2))
    if known is None:
        return Cell(None, counts, share)
    text = known.basis.split(",")[0] if known.raw is None else figure(known.raw)
    return Cell(text, f"{_year(known.year)} · {counts}", share, is_worst)


def _year(year: int | None) -> str:
    return str(year) if year else gettext("year not known")


def _themes(told: Sequence[CountryAtlas]) -> list[str]:
    return list(dict.fromkeys(theme for one in told for theme, _ in one.themes))


def _context_rows(told: Sequence[CountryAtlas], theme: str) -> tuple[CompareRow, ...]:
    by_country = [
        {line.data_set.ref: line for name, lines in one.themes if name == theme for line in lines}
        for one in told
    ]
    sets = {ref: line.data_set for lines in by_country for ref, line in lines.items()}
    rows = []
    for ref, data in sets.items():
        lines = [found.get(ref) for found in by_country]
        is_place = first_place(data.higher_means, data.unit) == WORST
        worst = _worst([line.standing.worse_than if line and is_place else None for line in lines])
        rows.append(
            CompareRow(
                label=data.name,
                note=data.unit,
                cells=tuple(
                    _context_cell(line, is_worst=stands_out)
                    for line, stands_out in zip(lines, worst, strict=True)
                ),
            )
        )
    return tuple(rows)


def _context_cell(line: ContextLine | None, *, is_worst: bool) -> Cell:
    if line is None:
        return Cell(None)
    return Cell(figure(line.value), _year(line.year), line.standing.worse_than, is_worst)
