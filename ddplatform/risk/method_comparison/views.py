"""Comparison of risk methods as a page, as JSON and as tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.documents.words import counted
from ddplatform.languages import lazy_gettext as _
from ddplatform.languages import ngettext
from ddplatform.risk.method_comparison.queries import Compared
from ddplatform.risk.words.figures import GRADES, whole_points
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD_VERSION
from supply_chain.risk.method_comparison import LINES, BandCounts, Headline, Moved
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2_VERSION
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import RiskBand

LINE_TITLES: Mapping[str, str] = {
    "base": _("Base"),
    "country": _("Country"),
    "activity": _("Activity"),
    "listing": _("Listing"),
    "evidence": _("Evidence on site"),
    "judged": _("Set by people"),
    "facts": _("Cases and allegations"),
    "controls": _("Controls"),
    "severity": _("Severity"),
}
BANDS = tuple(reversed(RISK_BANDS))  # critical first
Parts = list[tuple[str, int]]
ROWS_A_PAGE = 50
MOST_DRIVERS = 3
SMALLEST_DRIVER = 0.5  # points; smaller ones are not named


def sentence_of(compared: Compared) -> str:
    """The number of places critical under each method, and of those that share one score."""
    counts, (before, after) = compared.comparison.counts.nodes, compared.comparison.ties
    critical = RISK_BANDS.index(RiskBand.CRITICAL)
    places = int(counts.sum())
    return ngettext(
        "%(number)s place: %(old)s critical under %(old_method)s, %(new)s under %(new_method)s. "
        "The largest group of places with an equal score has %(old_tie)s under %(old_method)s and "
        "%(new_tie)s under %(new_method)s.",
        "%(number)s places: %(old)s critical under %(old_method)s, %(new)s under %(new_method)s. "
        "The largest group of places with an equal score has %(old_tie)s under %(old_method)s and "
        "%(new_tie)s under %(new_method)s.",
        places,
        number=f"{places:,}",
        old=f"{int(counts[critical].sum()):,}",
        new=f"{int(counts[:, critical].sum()):,}",
        old_tie=f"{before:,}",
        new_tie=f"{after:,}",
        old_method=METHOD_VERSION,
        new_method=RM2_VERSION,
    )


def document_of(compared: Compared) -> dict[str, Any]:
    """The comparison as one JSON document; numbers unrounded."""
    found = compared.comparison
    return {
        "basis": {
            "map_name": compared.map_name,
            "map_version": compared.map_version,
            "as_of": compared.as_of.isoformat(),
            "release": compared.release,
            "methods": [METHOD_VERSION, RM2_VERSION],
        },
        "sentence": sentence_of(compared),
        "bands": list(_cells(found.counts)),
        "largest_ties": dict(zip((METHOD_VERSION, RM2_VERSION), found.ties, strict=True)),
        "places_with_scores_set_by_people": compared.set_by_people,
        "shares_above_one": dict(compared.over_one),
        "places": [_place(moved, compared) for moved in found.moved],
    }


def _cells(counts: BandCounts) -> Iterator[dict[str, Any]]:
    for row, before in enumerate(RISK_BANDS):
        for column, after in enumerate(RISK_BANDS):
            yield {
                "before": before.value,
                "after": after.value,
                "places": int(counts.nodes[row, column]),
                "risks": int(counts.pairs[row, column]),
            }


def _place(moved: Moved, compared: Compared) -> dict[str, Any]:
    return {
        "node": moved.node,
        "name": compared.names[moved.node],
        "country": compared.countries[moved.node],
        "before": _headline(moved.before),
        "after": _headline(moved.after)
        | {"low": moved.low, "high": moved.high, "grade": moved.grade},
        "lines": dict(zip(LINES, moved.lines, strict=True)) | {"limit": moved.limit},
    }


def _headline(side: Headline) -> dict[str, Any]:
    return {
        "issue": side.issue.value,
        "band": side.band.value,
        "index": side.index,
        "position": side.position,
    }


_COLUMNS = (
    Column("name", "Place", 3),
    Column("node", "Place: id"),
    Column("country", "Country", kind=Kind.COUNTRY, missing="not known"),
    *(
        Column(f"{key}_{version}", f"{title}, {version}", width, kind=kind)
        for version in (METHOD_VERSION, RM2_VERSION)
        for key, title, width, kind in (
            ("position", "Position", 1, Kind.NUMBER),
            ("issue", "Headline risk", 2, Kind.TEXT),
            ("band", "Band", 1, Kind.BAND),
            ("index", "Residual index", 1, Kind.INDEX),
        )
    ),
    Column("low", "Lower end", kind=Kind.INDEX),
    Column("high", "Upper end", kind=Kind.INDEX),
    Column("grade", "Evidence grade"),
    *(Column(f"points_{line}", f"{LINE_TITLES[line]}, points", kind=Kind.NUMBER) for line in LINES),
    Column("limit", "Limit, points", kind=Kind.NUMBER),
)
_BAND_COLUMNS = (
    Column("before", f"Band under {METHOD_VERSION}", kind=Kind.BAND),
    Column("after", f"Band under {RM2_VERSION}", kind=Kind.BAND),
    Column("places", "Places", kind=Kind.NUMBER),
    Column("risks", "Risks", kind=Kind.NUMBER),
)


def as_tables(compared: Compared) -> tuple[Table, ...]:
    """The comparison as tables: places by the order of RM-2.0, bands, and what it rests on."""
    found = compared.comparison
    bands = [
        (before, after, int(found.counts.nodes[at]), int(found.counts.pairs[at]))
        for before in BANDS
        for after in BANDS
        for at in [(RISK_BANDS.index(before), RISK_BANDS.index(after))]
    ]
    rows = [_row(moved, compared) for moved in found.moved]
    return (
        Table("places", "Places", _COLUMNS, tuple(rows), "No place is scored."),
        Table("bands", "Bands", _BAND_COLUMNS, tuple(bands)),
        _about(compared),
    )


def _row(moved: Moved, compared: Compared) -> tuple[Cell, ...]:
    sides = [
        (side.position, ISSUE_NAMES[side.issue.value], side.band, side.index)
        for side in (moved.before, moved.after)
    ]
    return (
        compared.names[moved.node],
        moved.node,
        compared.countries[moved.node],
        *sides[0],
        *sides[1],
        moved.low,
        moved.high,
        moved.grade,
        *moved.lines,
        moved.limit,
    )


def _about(compared: Compared) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("in short", sentence_of(compared)),
        ("map", compared.map_name),
        ("map version", compared.map_version),
        ("data cut-off", compared.as_of.isoformat()),
        ("reference data", compared.release),
        ("methods", f"{METHOD_VERSION} and {RM2_VERSION}"),
        *(
            ("shares add to more than 1", f"{compared.names[ref]}: {total:.2f}")
            for ref, total in compared.over_one.items()
        ),
        (
            "set by people",
            f"{counted(compared.set_by_people, 'place')} with a score that people raised or "
            f"lowered, which counts under {RM2_VERSION} only.",
        ),
    )
    return Table("about", "About", (Column("what", "What"), Column("value", "Value", 3)), rows)


@dataclass(frozen=True)
class PlaceRow:
    """One place on the page."""

    key: UUID
    name: str
    country: str | None
    before: "Side"
    after: "Side"
    low: str
    high: str
    grade: str
    grade_name: str
    drivers: tuple[tuple[str, float], ...]  # name of a line and its points, largest first


@dataclass(frozen=True)
class Side:
    """The headline risk of a place under one method."""

    code: str
    issue: str
    band: RiskBand
    index: str
    position: int


@dataclass(frozen=True)
class BandRow:
    """Places of one band under RM-1.0, by their band under RM-2.0."""

    band: RiskBand
    cells: tuple[tuple[RiskBand, int], ...]
    total: int


@dataclass(frozen=True)
class Page:
    """The page of a comparison."""

    compared: Compared
    sentence: str
    bands: tuple[BandRow, ...]
    totals: tuple[tuple[RiskBand, int, int], ...]  # band, places under RM-1.0, under RM-2.0
    bars: tuple[Parts, Parts]  # places by band under RM-1.0 and RM-2.0, for a drawing
    rows: tuple[PlaceRow, ...]
    first: int  # number of the first row among all
    total: int
    number: int
    last_number: int
    over_one: tuple[tuple[UUID, str, float], ...]  # key and name of a buyer, sum of its shares


def page_of(compared: Compared, *, number: int) -> Page:
    """One page of the comparison; a number outside of it is the nearest one inside."""
    moved, counts = compared.comparison.moved, compared.comparison.counts.nodes
    last = max(1, -(-len(moved) // ROWS_A_PAGE))
    number = min(max(number, 1), last)
    start = (number - 1) * ROWS_A_PAGE
    at = {band: RISK_BANDS.index(band) for band in BANDS}
    totals = tuple(
        (band, int(counts[at[band]].sum()), int(counts[:, at[band]].sum())) for band in BANDS
    )
    return Page(
        compared=compared,
        sentence=sentence_of(compared),
        bands=tuple(
            BandRow(
                before,
                tuple((after, int(counts[at[before], at[after]])) for after in BANDS),
                int(counts[at[before]].sum()),
            )
            for before in BANDS
        ),
        totals=totals,
        bars=(
            [(f"f-{band.value}", before) for band, before, _ in totals],
            [(f"f-{band.value}", after) for band, _, after in totals],
        ),
        rows=tuple(_place_row(one, compared) for one in moved[start : start + ROWS_A_PAGE]),
        first=start + 1 if moved else 0,
        total=len(moved),
        number=number,
        last_number=last,
        over_one=tuple(
            (compared.keys[ref], compared.names[ref], total)
            for ref, total in compared.over_one.items()
        ),
    )


def _place_row(moved: Moved, compared: Compared) -> PlaceRow:
    return PlaceRow(
        key=compared.keys[moved.node],
        name=compared.names[moved.node],
        country=compared.countries[moved.node],
        before=_side(moved.before, f"{moved.before.index:.0f}"),
        after=_side(moved.after, whole_points(moved.after.index)),
        low=whole_points(moved.low),
        high=whole_points(moved.high),
        grade=moved.grade,
        grade_name=str(GRADES[moved.grade][0]),
        drivers=drivers(moved.lines),
    )


def _side(headline: Headline, index: str) -> Side:
    name = ISSUE_NAMES[headline.issue.value]
    return Side(headline.issue.value, name, headline.band, index, headline.position)


def drivers(lines: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """The lines that move a place most from the base, largest first."""
    named = [(str(LINE_TITLES[line]), points) for line, points in zip(LINES, lines, strict=True)]
    largest = sorted(named[1:], key=lambda line: -abs(line[1]))
    return tuple(line for line in largest[:MOST_DRIVERS] if abs(line[1]) >= SMALLEST_DRIVER)
