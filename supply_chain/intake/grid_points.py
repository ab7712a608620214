"""Points in metres of the UTM grid -> degrees; a zone and a hemisphere are needed.

Lists give a zone as "36S", "36 M", "UTM zone 36 south" or as a number of EPSG (32736). The letter S
may mean the southern half or the band of 32 to 40 degrees north; the country of the row decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import utm

from supply_chain.intake.cells import CellFault, parse_number
from supply_chain.intake.countries import country_name, country_point

Degrees = tuple[float, float]

GRID_FIELDS = ("grid.east", "grid.north", "grid.zone")
LEAST_EAST, MOST_EAST, MOST_NORTH = 100_000, 1_000_000, 10_000_000
# Less than this under both headings are degrees, not metres.
LEAST_METRES = 1_000
MOST_LATITUDE = 84.5
_ZONES = 60
_HALVES = {
    **dict.fromkeys(("n", "north", "nord", "norte", "northern"), "N"),
    **dict.fromkeys(("s", "south", "sud", "sul", "sur", "southern"), "S"),
}
_EPSG = re.compile(r"(?<!\d)32([67])(\d\d)(?!\d)")
_ZONE = re.compile(
    r"(?<![\d.,])(\d{1,2})[\s°-]*((?:north|south|nord|norte|sud|sul|sur)(?:ern)?|[C-HJ-NP-X])?"
    r"(?![\w.,])",
    re.IGNORECASE,
)
_ZONE_IN_HEADING = re.compile(
    r"(?:zone|zona|huso|fuso|fuseau)\s*\d|(?<!\w)\d{1,2}(?:[C-HJ-NP-X](?!\w)|\s*(?:north|south))",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[\s,.’'\u00a0\u202f]\d{3})+")
_ADVICE = "Give the zone with its half, for example 36S, or latitude and longitude in degrees."


@dataclass(frozen=True)
class Zone:
    """A zone of the grid; `half` is N or S, None where it is unknown."""

    number: int
    half: str | None
    may_be_band: bool = False

    @property
    def halves(self) -> tuple[str, ...]:
        """The halves of the world that it may lie in, the likelier first."""
        if self.half is None:
            return ("N", "S")
        return ("S", "N") if self.may_be_band else (self.half,)


def read_zone(text: str) -> Zone | None:
    """The zone in a cell, None where it has none."""
    epsg = _EPSG.search(text)
    if epsg:
        return _zone(int(epsg[2]), "N" if epsg[1] == "6" else "S")
    plain = re.sub(r"\bWGS[\s-]*84\b", " ", text, flags=re.IGNORECASE)
    found = _ZONE.search(plain)
    if not found:
        return None
    letter = (found[2] or "").lower()
    half = _HALVES.get(letter) or (letter and ("N" if letter >= "n" else "S")) or None
    return _zone(int(found[1]), half, may_be_band=letter == "s")


def zone_of_heading(heading: str) -> Zone | None:
    """The zone in the name of a column: "UTM 36S Easting"; a number alone is none."""
    is_told = _EPSG.search(heading) or _ZONE_IN_HEADING.search(heading)
    return read_zone(heading) if is_told else None


def _zone(number: int, half: str | None, *, may_be_band: bool = False) -> Zone | None:
    return Zone(number, half, may_be_band) if 1 <= number <= _ZONES else None


def metres(text: str) -> float | None:
    """The number of metres that a cell shows, None where it shows none."""
    plain = re.sub(r"\s*m?\s*[EN]?$", "", text.strip(), flags=re.IGNORECASE)
    if _THOUSANDS.fullmatch(plain):
        return float(re.sub(r"\D", "", plain))
    return parse_number(plain)


def are_metres(east: str, north: str) -> bool:
    """Whether two cells can be metres of the grid, and no degrees."""
    found = metres(north)
    return _in_grid(east, north) and found is not None and found >= LEAST_METRES


def _in_grid(east: str, north: str) -> bool:
    found = metres(east), metres(north)
    if found[0] is None or found[1] is None:
        return False
    return LEAST_EAST <= found[0] <= MOST_EAST and 0 <= found[1] <= MOST_NORTH


def degrees_of_grid(east: str, north: str, zone: Zone, country: str | None) -> Degrees:
    """Latitude and longitude of a point of the grid.

    Raises:
        CellFault: these are no metres of the grid, or the half is ambiguous.
    """
    if not _in_grid(east, north):
        raise CellFault(
            f"“{east}” and “{north}” are no metres of the UTM grid: to the east"
            f" {LEAST_EAST:,} to {MOST_EAST:,}, to the north up to {MOST_NORTH:,}.",
            "Check that the two columns are not swapped, or give degrees.",
        )
    halves = (_degrees(metres(east), metres(north), zone.number, half) for half in zone.halves)
    points = [point for point in halves if abs(point[0]) <= MOST_LATITUDE]
    if not points:
        raise CellFault(
            f"“{east}” and “{north}” lie in no zone {zone.number} of the UTM grid.", _ADVICE
        )
    centre = country_point(country) if country else None
    if len(points) == 1 or (centre is None and zone.half):
        return points[0]
    if centre is None:
        raise CellFault(f"Zone {zone.number} does not say which half of the world.", _ADVICE)
    return min(points, key=lambda point: _gap(centre, point))


def _degrees(east: float | None, north: float | None, zone: int, half: str) -> Degrees:
    latitude, longitude = utm.to_latlon(east, north, zone, northern=half == "N", strict=False)
    return round(float(latitude), 6), round(float(longitude), 6)


def _gap(centre: Degrees, point: Degrees) -> float:
    turn = abs(centre[1] - point[1]) % 360
    return max(abs(centre[0] - point[0]), min(turn, 360 - turn))


def grid_remark(zone: Zone, point: Degrees, country: str | None) -> CellFault:
    """Reading of a point of the grid, as a remark for the first such row of a table."""
    half = "north" if point[0] >= 0 else "south"
    near = f", as {country_name(country)} lies there" if country and len(zone.halves) > 1 else ""
    return CellFault(
        f"Metres of UTM zone {zone.number} {half} (WGS 84) were read as degrees{near}.",
        "Give latitude and longitude in degrees if the grid is another one.",
    )


NO_ZONE = CellFault(
    "These columns hold metres of a grid such as UTM, and nothing tells its zone: no row gets a"
    " place of them.",
    "Add a column “UTM zone”, for example 36S, or give latitude and longitude in degrees.",
)
ROW_WITHOUT_ZONE = CellFault(
    "The row gives metres of a grid and no zone of it, so it has no place on the map.", _ADVICE
)
