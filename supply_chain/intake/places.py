"""Country and coordinates of a row, with the doubts they raise."""

from __future__ import annotations

import re

from supply_chain.intake.cells import CellFault
from supply_chain.intake.countries import (
    code_at_the_end,
    countries_in_cell,
    countries_sharing,
    country_code,
    country_in_address,
    country_name,
    country_named,
    country_point,
    is_one_country,
    successors_of,
    suggest_country,
)
from supply_chain.intake.degrees import parse_degrees, split_pair
from supply_chain.intake.findings import RowLog
from supply_chain.intake.grid_columns import grid_columns
from supply_chain.intake.grid_points import (
    NO_ZONE,
    ROW_WITHOUT_ZONE,
    Zone,
    degrees_of_grid,
    grid_remark,
    read_zone,
    zone_of_heading,
)
from supply_chain.intake.table_view import TableView
from supply_chain.intake.words import squeeze

Point = tuple[float | None, float | None]

# The sign on a car (UN register of distinguishing signs of vehicles), which old lists of suppliers
# give for a country. One letter is too little to take it for certain, so it is only proposed.
VEHICLE_SIGNS = {
    **{"A": "AT", "B": "BE", "C": "CU", "D": "DE", "E": "ES", "F": "FR", "G": "GA", "H": "HU"},
    **{"I": "IT", "J": "JP", "K": "KH", "L": "LU", "M": "MT", "N": "NO", "P": "PT", "S": "SE"},
    **{"T": "TH", "V": "VA", "Z": "ZM"},
}

_EITHER_CONGO = {"congo", "lecongo", "elcongo", "конго", "刚果", "الكونغو"}

# A point this many degrees from the label point of its country is doubted where the swapped
# point lies so many times nearer. Large countries stretch farther, but none of their own points
# is that much nearer when swapped.
_FAR_DEGREES, _TIMES_NEARER = 8.0, 3.0


def parse_country(text: str, *, hinted: bool = True) -> tuple[str, CellFault | None]:
    """Return the alpha-2 code of a country cell, and a remark where it holds more.

    Raises:
        CellFault: not known, with the nearest spellings if `hinted` (which takes milliseconds),
            or several countries.
    """
    code = country_code(text)
    if code is not None:
        return code, _either_congo(text, code)
    if successors := successors_of(text):
        today = ", ".join(f"{country_name(code)} ({code})" for code in successors)
        raise CellFault(f"The country “{text}” exists no longer.", f"Give that of today: {today}.")
    named = countries_in_cell(text)
    if len(named) > 1:
        names = " and ".join(f"{country_name(code)} ({code})" for code in named)
        raise CellFault(
            f"The country “{text}” names {len(named)} countries: {names}.",
            "Give each site a row of its own with the one country in which it stands.",
        )
    if named and is_one_country(text):
        return named[0], None
    if named and country_in_address(text) == named[0]:
        remark = CellFault(
            f"“{text}” was read as the country {country_name(named[0])}.",
            "Put the place into a column of its own if that is not right.",
        )
        return named[0], remark
    near = _nearest(text, named) if hinted else None
    hint = f"Did you mean {near}? " if near else ""
    advice = f"{hint}Use the two-letter code of ISO 3166-1, for example CI."
    raise CellFault(f"The country “{text}” is not known.", advice)


def _either_congo(text: str, code: str) -> CellFault | None:
    """The remark on "Congo": by ISO 3166 the smaller country, in many lists the larger one."""
    if code != "CG" or squeeze(text) not in _EITHER_CONGO:
        return None
    return CellFault(
        f"“{text}” was read as {country_name(code)} (CG), as in ISO 3166.",
        "Write CD where the Democratic Republic of the Congo is meant.",
    )


def _nearest(text: str, named: tuple[str, ...]) -> str | None:
    if shared := countries_sharing(text):
        return shared
    code = named[0] if named else VEHICLE_SIGNS.get(text.strip().upper())
    return f"{country_name(code)} ({code})" if code else suggest_country(text)


def read_country(view: TableView, row: tuple[str, ...], field: str = "country") -> str | None:
    """Return the alpha-2 code of the row's country, from its column or else its address."""
    text = view.raw(row, field)
    # Not `view.text` alone: "NA" is Namibia here, and dashes are no country.
    if not text or (view.text(row, field) is None and country_code(text) is None):
        return _from_address(view, row) if field == "country" else None
    try:
        code, remark = parse_country(text, hinted=not view.log.is_crowded)
    except CellFault as fault:
        view.log.problem(view.column(field), text, fault)
        return None
    if remark:
        view.log.note(view.column(field), text, remark)
    return code


def read_region(view: TableView, row: tuple[str, ...], country: str | None) -> str | None:
    """Return the region as the list names it; one that is a country is kept and reported."""
    region = view.text(row, "region")
    if region is None or view.is_own_csv or len(region) <= _LONGEST_CODE:
        return region
    named = country_named(region)
    if named and (country, named) not in _NAMED_ALIKE and region.casefold() != _PART_OF_ONE:
        view.note_once(view.column("region"), region, _no_region(region, country, named))
    return region


def _no_region(region: str, country: str | None, named: str) -> CellFault:
    if named == country:
        return CellFault(
            f"The region “{region}” is the whole country; figures of a region cannot reach it.",
            "Name the province or state, or leave the cell empty.",
        )
    where = f", and the row is in {country_name(country)}" if country else ""
    return CellFault(
        f"The region “{region}” is the name of another country{where}."
        if country
        else f"The region “{region}” is the name of a country; the row names none.",
        "Check the country and the region of these rows.",
    )


_LONGEST_CODE = 3  # “CA” is California, “IND” Indiana
_PART_OF_ONE = "england"  # some languages call all of the United Kingdom so
# Country of a row and the country that a region of it has its name from.
_NAMED_ALIKE = frozenset(
    (
        *(("US", "GE"), ("US", "PR"), ("US", "GU"), ("US", "VI"), ("BE", "LU"), ("LU", "LU")),
        *(("GT", "GT"), ("PA", "PA"), ("MX", "MX"), ("DJ", "DJ"), ("SG", "SG"), ("NG", "NE")),
        *(
            ("GR", "MK"),
            ("ID", "PG"),
            ("PE", "MF"),
            ("PE", "SX"),
            ("CN", "HK"),
            ("CN", "MO"),
            ("CN", "TW"),
            ("FR", "RE"),
            ("FR", "GP"),
        ),
        *(("FR", "MQ"), ("FR", "GF"), ("FR", "YT"), ("MC", "MC"), ("KW", "KW"), ("HK", "HK")),
        *(("TW", "TW"), ("MO", "MO")),
    )
)


def _from_address(view: TableView, row: tuple[str, ...]) -> str | None:
    for field in ("address", "city"):
        text = view.text(row, field)
        code = country_in_address(text) if text else None
        # "Panama" is a town too, and "Atlanta, Georgia" a town of another country.
        if code and (field == "address" or ("," in str(text) and code not in _STATES)):
            remark = CellFault(
                f"The country {country_name(code)} was taken from the {field}.",
                "Add a country column if that is not right.",
            )
            view.log.note(view.column(field), text, remark)
            return code
        if text and (code := code_at_the_end(text)):
            remark = CellFault(
                f"“{code}” at the end of “{text}” may be {country_name(code)} or a state; no"
                " country was taken from it.",
                "Give the country in a column of its own.",
            )
            view.log.note(view.column(field), text, remark)
    return None


_STATES = {"GE"}  # as well the name of a state of the United States


def read_point(view: TableView, row: tuple[str, ...], country: str | None) -> Point:
    """Return latitude and longitude in degrees; both or neither."""
    if "grid.east" in view.fields:
        return _from_grid(view, row, country)
    texts = {name: view.text(row, name) for name in ("latitude", "longitude")}
    pair = view.text(row, "coordinates")
    if pair and not any(texts.values()):
        parts = split_pair(pair)
        if parts is None:
            fault = CellFault(
                f"“{pair}” is not a pair of coordinates.", "Write latitude, longitude in degrees."
            )
            view.log.problem(view.column("coordinates"), pair, fault)
            return None, None
        texts = dict(zip(texts, parts, strict=True))
    east_or_west = hemisphere_of(texts["longitude"], country)
    point = (
        _degrees(view, "latitude", texts["latitude"], 90),
        _degrees(view, "longitude", east_or_west, 180),
    )
    column = view.column("latitude") or view.column("coordinates")
    return (None, None) if view.log.faulty else judge_point(view.log, column, point, country)


def hemisphere_of(text: str | None, country: str | None) -> str | None:
    """A longitude whose O is the west (oeste, ouest, ovest) or the east (Ost) as W or E.

    The country decides, where it lies clear of the other; else the text stays as it is.
    """
    centre = country_point(country) if country else None
    match = _WITH_O.fullmatch(text) if text else None
    if match is None or centre is None or abs(centre[1]) < _FAR_DEGREES:
        return text
    return f"{match['before'] or match['behind']} {'W' if centre[1] < 0 else 'E'}"


_WITH_O = re.compile(
    r"(?:(?P<before>[^A-Za-z]{1,40})O|O(?P<behind>[^A-Za-z]{1,40}))", re.IGNORECASE
)


def _from_grid(view: TableView, row: tuple[str, ...], country: str | None) -> Point:
    """The point that a row gives in metres of the UTM grid."""
    east, north = view.text(row, "grid.east"), view.text(row, "grid.north")
    column = view.column("grid.east")
    if east is None or north is None:
        return None, None
    told = view.text(row, "grid.zone")
    zone = read_zone(told) if told else _zone_of_headings(view)
    if zone is None:
        view.log.note(column, f"{east}, {north}", ROW_WITHOUT_ZONE)
        return None, None
    try:
        point = degrees_of_grid(east, north, zone, country)
    except CellFault as fault:
        view.log.problem(column, f"{east}, {north}", fault)
        return None, None
    view.note_once(column, f"{east}, {north}", grid_remark(zone, point, country))
    return judge_point(view.log, column, point, country)


def tell_unplaced_grid(view: TableView) -> None:
    """Note columns that hold metres of a grid of unknown zone."""
    if view.is_own_csv or view.fields.keys() & {"latitude", "coordinates", "grid.east"}:
        return
    found = grid_columns(view.header, view.cells_of)
    if found and found.unusable:
        view.log.note(" and ".join(found.unusable), None, NO_ZONE)


def _zone_of_headings(view: TableView) -> Zone | None:
    headings = (view.column(field) or "" for field in ("grid.east", "grid.north"))
    return next((zone for heading in headings if (zone := zone_of_heading(heading))), None)


def _degrees(view: TableView, name: str, text: str | None, limit: float) -> float | None:
    if text is None:
        return None
    try:
        return parse_degrees(text, limit, name)
    except CellFault as fault:
        view.log.problem(view.column(name) or view.column("coordinates"), text, fault)
        return None


def judge_point(log: RowLog, column: str | None, point: Point, country: str | None) -> Point:
    """Note half a pair, which gives no place, and a pair that seems swapped, which is kept."""
    latitude, longitude = point
    if latitude is None or longitude is None:
        if point != (None, None):
            only = "latitude" if longitude is None else "longitude"
            remark = CellFault(
                f"Only the {only} is given, so it has no place on the map.",
                "Give both latitude and longitude.",
            )
            log.note(column, f"{latitude if longitude is None else longitude:g}", remark)
        return None, None
    centre = country_point(country) if country else None
    if country and centre and _seems_swapped(centre, latitude, longitude):
        remark = CellFault(
            f"Latitude {latitude:g} and longitude {longitude:g} lie far from"
            f" {country_name(country)}; swapped they would lie in it.",
            "Check the two columns; the row is used as it stands.",
        )
        log.note(column, f"{latitude:g}, {longitude:g}", remark)
    return point


def _seems_swapped(centre: tuple[float, float], latitude: float, longitude: float) -> bool:
    gap = _gap(centre, latitude, longitude)
    return gap > _FAR_DEGREES and _gap(centre, longitude, latitude) * _TIMES_NEARER < gap


def _gap(centre: tuple[float, float], latitude: float, longitude: float) -> float:
    turn = abs(centre[1] - longitude) % 360
    return max(abs(centre[0] - latitude), min(turn, 360 - turn))
