"""Time series of a country, and the points of them that a line may join.

A line claims that the values between two points are known. It is drawn between consecutive years
with figures obtained in the same way, and nowhere else (`Trend.runs`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supply_chain.reference.context import WIDEST
from supply_chain.reference.files import Line, csv_lines, fresh, yaml_lines

EACH_YEAR, SURVEYS = "each", "surveys"


@dataclass(frozen=True, slots=True)
class TrendSet:
    """Method of a time series.

    `apart` names years with another method than the rest, `gap` is the meaning of an absent year.
    """

    ref: str
    is_yearly: bool
    method: str
    apart: Mapping[int, str]
    gap: str

    def method_of(self, year: int) -> str:
        """Method behind the figure of a year."""
        return self.apart.get(year, self.method)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One figure of one year, in the unit of its set."""

    year: int
    value: float
    method: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The figures of a country in one set, by year, each year once."""

    ref: str
    is_yearly: bool
    points: tuple[TrendPoint, ...]
    gap: str

    @property
    def runs(self) -> tuple[tuple[TrendPoint, ...], ...]:
        """The points in runs that a line may join; surveys are single points."""
        found: list[list[TrendPoint]] = []
        for point in self.points:
            last = found[-1][-1] if found else None
            follows = last is not None and point.year == last.year + 1
            if self.is_yearly and follows and last and point.method == last.method:
                found[-1].append(point)
            else:
                found.append([point])
        return tuple(tuple(run) for run in found)

    @property
    def missing_years(self) -> tuple[int, ...]:
        """Years between the first and the last without a figure."""
        known = {point.year for point in self.points}
        return tuple(year for year in range(min(known), max(known)) if year not in known)


def read_trend_sets(folder: Path) -> dict[str, TrendSet]:
    """Entries of `trends.yaml`, in the order of the file.

    Raises:
        ReferenceFault: naming the entry (1 is the first) and the field.
    """
    found: dict[str, TrendSet] = {}
    for line in yaml_lines(folder, "trends.yaml"):
        ref = fresh(line, "id", found)
        found[ref] = TrendSet(
            ref=ref,
            is_yearly=line.one_of("years", (EACH_YEAR, SURVEYS)) == EACH_YEAR,
            method=line.text("method"),
            apart=_apart(line),
            gap=line.text("gap"),
        )
    return found


def _apart(line: Line) -> dict[int, str]:
    apart: Any = line.cells.get("apart", {})
    whole = isinstance(apart, dict) and all(
        isinstance(year, int) and isinstance(method, str) for year, method in apart.items()
    )
    if not whole:
        raise line.fault("apart", "is not a list of years with a method each")
    return dict(apart)


def read_trends(
    folder: Path, sets: Mapping[str, TrendSet], countries: Collection[str]
) -> dict[str, dict[str, Trend]]:
    """Set -> country -> its figures by year.

    Raises:
        ReferenceFault: naming the file, the row and the column.
    """
    return {ref: _read_set(folder, one, countries) for ref, one in sets.items()}


def _read_set(folder: Path, one: TrendSet, countries: Collection[str]) -> dict[str, Trend]:
    points: dict[str, dict[int, TrendPoint]] = defaultdict(dict)
    for line in csv_lines(folder, f"trends/{one.ref}.csv"):
        alpha2, year = line.one_of("iso2", countries), line.year("year")
        if year is None:
            raise line.fault("year", "is blank")
        if year in points[alpha2]:
            raise line.fault("year", f"{year} stands twice for {alpha2}")
        value = line.number("value", -WIDEST, WIDEST)
        points[alpha2][year] = TrendPoint(year, value, one.method_of(year))
    return {
        alpha2: Trend(one.ref, one.is_yearly, tuple(by_year[y] for y in sorted(by_year)), one.gap)
        for alpha2, by_year in points.items()
    }
