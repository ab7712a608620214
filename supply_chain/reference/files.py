"""Readers of the files of `data/`, one function a file; a broken row is a ReferenceFault.

Every fault names the file, the row (1 is the first row below the header) and the column.
"""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from supply_chain.errors import ReferenceFault
from supply_chain.reference.types import (
    Activity,
    Commodity,
    Country,
    GoodListing,
    Indicator,
    Sector,
)
from supply_chain.risk.method import METHOD
from supply_chain.yaml_files import read_yaml

LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
GOOD_STATES = ("listed", "added_2024", "removed_2024")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file; each reader takes a column and faults with its place."""

    file: str
    row: int
    cells: dict[str, Any]

    def fault(self, column: str, problem: str) -> ReferenceFault:
        """A fault at this row and column."""
        return ReferenceFault(f"{self.file}, row {self.row}, column {column}: {problem}")

    def optional(self, column: str) -> str:
        """The text of a cell, "" where it is blank; the text "NA" is Namibia's code."""
        cell = self.cells.get(column)
        if not isinstance(cell, str):
            raise self.fault(column, "the column is missing")
        return cell

    def text(self, column: str) -> str:
        """A text that may not be blank."""
        cell = self.optional(column)
        if not cell:
            raise self.fault(column, "is blank")
        return cell

    def one_of(self, column: str, known: Collection[str]) -> str:
        """A text that must be one of `known`."""
        cell = self.text(column)
        if cell not in known:
            raise self.fault(column, f'"{cell}" is not known')
        return cell

    def optional_one_of(self, column: str, known: Collection[str]) -> str | None:
        """A text of `known`, or `None` where the cell is blank."""
        return self.one_of(column, known) if self.optional(column) else None

    def number(self, column: str, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        cell = self.text(column)
        try:
            value = float(cell)
        except ValueError:
            raise self.fault(column, f'"{cell}" is not a number') from None
        if not low <= value <= high:
            raise self.fault(column, f"{cell} is not between {low:g} and {high:g}")
        return value

    def optional_number(self, column: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`, `None` where the cell is blank."""
        return self.number(column, low, high) if self.optional(column) else None

    def year(self, column: str) -> int | None:
        """A year from 1990 on, `None` where the cell is blank."""
        value = self.optional_number(column, 1990, 2100)
        if value is None:
            return None
        if not value.is_integer():
            raise self.fault(column, f"{value:g} is not a whole year")
        return int(value)

    def day(self, column: str) -> date:
        """A day as YYYY-MM-DD."""
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            raise self.fault(column, "is not a day such as 2026-01-31") from None

    def flag(self, column: str) -> bool:
        """`yes` or `no`."""
        return self.one_of(column, ("yes", "no")) == "yes"

    def optional_flag(self, column: str) -> bool | None:
        """`yes`, `no` or `None` where the cell is blank."""
        return self.flag(column) if self.optional(column) else None

    def several(self, column: str) -> tuple[str, ...]:
        """Texts joined by `|`."""
        cell = self.optional(column)
        return tuple(cell.split("|")) if cell else ()


def csv_lines(folder: Path, name: str) -> Iterator[Line]:
    """The rows of a CSV file with their numbers, from 1."""
    path = folder / name
    if not path.is_file():
        raise ReferenceFault(f"{name}: the file is missing")
    with path.open(encoding="utf-8", newline="") as handle:
        for number, cells in enumerate(csv.DictReader(handle), start=1):
            yield Line(name, number, cells)


def yaml_lines(folder: Path, name: str) -> Iterator[Line]:
    """The entries of a YAML file with their numbers, from 1."""
    entries = read_yaml(folder / name)
    for number, entry in enumerate(entries, start=1):
        yield Line(name, number, entry)


def fresh(line: Line, column: str, seen: Collection[str]) -> str:
    """A text that may not be blank or repeated."""
    key = line.text(column)
    if key in seen:
        raise line.fault(column, f'"{key}" stands twice')
    return key


def read_release(folder: Path) -> tuple[str, date]:
    """The release's number and the day its data were taken."""
    lines = list(csv_lines(folder, "release.csv"))
    if len(lines) != 1:
        raise ReferenceFault(f"release.csv: holds {len(lines)} rows, not one")
    return lines[0].text("release"), lines[0].day("as_of")


def read_countries(folder: Path) -> dict[str, Country]:
    """Countries by alpha-2."""
    found: dict[str, Country] = {}
    for line in csv_lines(folder, "countries.csv"):
        alpha2 = fresh(line, "iso2", found)
        names = {lang: line.optional(f"name_{lang}") for lang in LANGUAGES}
        found[alpha2] = Country(
            alpha2=alpha2,
            alpha3=line.text("iso3"),
            name=line.text("name_en"),
            region=line.optional("region"),
            subregion=line.optional("subregion"),
            m49=line.optional("m49"),
            short_name=line.text("short_name_en"),
            names=MappingProxyType({lang: name for lang, name in names.items() if name}),
            latitude=line.optional_number("latitude", -90, 90),
            longitude=line.optional_number("longitude", -180, 180),
        )
    return found


def read_activities(folder: Path) -> dict[str, Activity]:
    """The SEC-01 seed table by activity."""
    found: dict[str, Activity] = {}
    for line in csv_lines(folder, "activity_base_rates.csv"):
        ref = fresh(line, "ref", found)
        rate = line.number("rate", 0, 1)
        found[ref] = Activity(ref, line.text("name"), rate, line.text("source"))
    return found


def read_commodities(folder: Path, activities: Collection[str]) -> dict[str, Commodity]:
    """Commodities by reference."""
    found: dict[str, Commodity] = {}
    for line in csv_lines(folder, "commodities.csv"):
        ref = fresh(line, "ref", found)
        codes = line.several("hs_codes")
        if not all(code.isdigit() and len(code) in (2, 4, 6) for code in codes):
            raise line.fault("hs_codes", "holds a code that is not 2, 4 or 6 digits")
        found[ref] = Commodity(
            ref=ref,
            name=line.text("name"),
            hs_codes=codes,
            goods=line.several("goods"),
            also_named=line.several("also_named"),
            activity=line.one_of("activity", activities),
        )
    return found


def read_sectors(folder: Path, activities: Collection[str]) -> dict[str, Sector]:
    """Sectors by reference."""
    found: dict[str, Sector] = {}
    for line in csv_lines(folder, "sectors.csv"):
        ref = fresh(line, "ref", found)
        found[ref] = Sector(
            ref=ref,
            name=line.text("name"),
            isic_section=line.text("isic_section"),
            isic_division=line.text("isic_division"),
            activity=line.one_of("activity", activities),
            is_financial=line.flag("is_financial"),
            is_online=line.flag("is_online"),
            is_primary_production=line.flag("is_primary_production"),
        )
    return found


def read_goods(folder: Path, countries: Collection[str]) -> tuple[GoodListing, ...]:
    """The lines of the US DOL list, in the order of the file."""
    return tuple(
        GoodListing(
            edition=line.text("edition"),
            good=line.text("good"),
            alpha2=line.optional_one_of("iso2", countries),
            child_labour=line.optional_flag("child_labour"),
            forced_labour=line.optional_flag("forced_labour"),
            forced_child_labour=line.optional_flag("forced_child_labour"),
            downstream=line.flag("downstream"),
            input_from=line.optional_one_of("input_from", countries),
            status=line.one_of("status", GOOD_STATES),
            as_of=line.day("as_of"),
        )
        for line in csv_lines(folder, "goods_by_country.csv")
    )


def _whole_year(line: Line, column: str) -> int | None:
    year = line.cells.get(column)
    if year is not None and not isinstance(year, int):
        raise line.fault(column, "is neither a year nor null")
    return year


def _month_day(line: Line, column: str) -> tuple[int, int] | None:
    cell = line.cells.get(column)
    if cell is None:
        return None
    try:
        month, day = cell
        date(2001, month, day)  # no leap year: the day must exist in every year
    except (TypeError, ValueError):
        raise line.fault(column, "is not [month, day]") from None
    return month, day


def read_indicators(folder: Path) -> dict[str, Indicator]:
    """Entries of `indicators.yaml`, by reference, in the order of the file."""
    found: dict[str, Indicator] = {}
    for line in yaml_lines(folder, "indicators.yaml"):
        ref = fresh(line, "id", found)
        texts = "name unit publisher edition licence attribution source normalisation gaps note"
        found[ref] = Indicator(
            ref=ref,
            factor=line.one_of("factor", METHOD.factors),
            source_type=line.one_of("source_type", METHOD.source_types),
            unknown_year=_whole_year(line, "unknown_year"),
            month_day=_month_day(line, "month_day"),
            **{column: line.text(column) for column in texts.split()},
        )
    return found
