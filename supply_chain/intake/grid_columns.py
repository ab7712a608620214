"""Column pairs with a point as X and Y, or east and north: degrees, or metres of a grid.

X is the longitude and Y the latitude, in either order, unless the degrees prove otherwise:
no latitude is above 90.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from supply_chain.intake.cells import CellFault
from supply_chain.intake.degrees import parse_degrees
from supply_chain.intake.grid_points import are_metres, read_zone, zone_of_heading
from supply_chain.intake.words import header_forms, words

_MOSTLY, _HALF = 0.8, 0.5
_ZONE_IN_HEADING = re.compile(
    r"\b(?:zone|zona|huso|fuso|fuseau)?\s*\d{1,2}\s*[C-HJ-NP-X]?\b|\bWGS[\s-]*84\b|\bEPSG\S*",
    re.IGNORECASE,
)

Values = Callable[[str], list[str]]


@dataclass(frozen=True)
class GridColumns:
    """The columns of a point by our fields, and those that no point can be made of."""

    fields: dict[str, str]
    unusable: tuple[str, ...] = ()


def grid_columns(header: Sequence[str], values: Values) -> GridColumns | None:
    """The pair of columns of a table with east and north, None where there is none."""
    for east_kind, north_kind in (("east", "north"), ("longitude", "latitude")):
        east, north = _named(header, east_kind), _named(header, north_kind)
        if east is None or north is None or east == north:
            continue
        rows = list(zip(values(east), values(north), strict=False))
        if rows and sum(are_metres(*row) for row in rows) > _HALF * len(rows):
            return _in_metres(header, values, east, north)
        if east_kind == "east":
            found = _in_degrees(rows, east, north)
            if found:
                return found
    return None


def _named(header: Sequence[str], kind: str) -> str | None:
    spellings = words().grid_columns.get(kind) or words().node_columns[kind].keys()
    for name in header:
        bare = _ZONE_IN_HEADING.sub(" ", name) if kind in ("east", "north") else name
        if (header_forms(name) | header_forms(bare)) & spellings:
            return name
    return None


def _in_metres(header: Sequence[str], values: Values, east: str, north: str) -> GridColumns:
    fields = {"grid.east": east, "grid.north": north}
    zone = _named(header, "zone")
    if zone and zone not in (east, north):
        cells = values(zone)
        if cells and sum(read_zone(cell) is not None for cell in cells) >= _HALF * len(cells):
            return GridColumns({**fields, "grid.zone": zone})
    if zone_of_heading(east) or zone_of_heading(north):
        return GridColumns(fields)
    return GridColumns({}, (east, north))


def _in_degrees(rows: Sequence[tuple[str, str]], east: str, north: str) -> GridColumns | None:
    points = [point for row in rows if (point := _degrees(*row))]
    if not rows or len(points) < _MOSTLY * len(rows):
        return None
    fractions = [x for x, y in points if x % 1 or y % 1]
    if len(fractions) < _HALF * len(points):
        return None  # whole numbers may count anything
    is_turned = any(abs(y) > 90 for _, y in points)
    if is_turned and any(abs(x) > 90 for x, _ in points):
        return None
    latitude, longitude = (east, north) if is_turned else (north, east)
    return GridColumns({"latitude": latitude, "longitude": longitude})


def _degrees(east: str, north: str) -> tuple[float, float] | None:
    try:
        return parse_degrees(east, 180, "x"), parse_degrees(north, 180, "y")
    except CellFault:
        return None
