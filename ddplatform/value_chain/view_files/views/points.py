"""Views of a map as points (GeoJSON): sites at their location, countries at their centre.

Coordinates of sites are the stored ones, rounded where somebody may live (decision 14). Sites
without coordinates are no points; their number is in the file.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np

from ddplatform.documents.content import Table
from ddplatform.documents.words import cell_words
from ddplatform.value_chain.countries.scope import MapScope
from ddplatform.value_chain.countries.views.rows import CountryRow
from ddplatform.value_chain.countries.views.world import place_of_country
from ddplatform.value_chain.filters.queries.places import Place
from ddplatform.value_chain.pictures.queries.boxes import MapBox
from ddplatform.value_chain.pictures.views.boxes import MapPage
from ddplatform.value_chain.view_files.views.about import ViewFacts
from supply_chain.graph.files import Point, write_geojson
from supply_chain.graph.home_places import NOTE

ROUNDED = "rounded, it may be a home"
MIDDLE = "middle of the country"
ALL_MIDDLES = "A point is the middle of its country, not the place of a site."

_Record = dict[str, str | int | float]


def points_of_boxes(
    page: MapPage, boxes: Table, told: ViewFacts, places: Mapping[UUID, Place]
) -> bytes:
    """Sites that have a box of their own, and groups of one country at its middle."""
    found: list[tuple[Place | None, _Record]] = []
    for box, said in zip(page.view.boxes, _records(boxes), strict=True):
        if box.kind in ("group", "rest"):
            found.append((_middle_of_group(page, box), {**said, "Place": MIDDLE}))
        else:
            found.append((places.get(page.key(box)) if box.kind == "node" else None, said))
    return _points(found, told, "boxes")


def _middle_of_group(page: MapPage, box: MapBox) -> Place | None:
    countries = np.unique(page.snapshot.country[box.rows]).tolist()
    code = page.snapshot.countries[countries[0]] if len(countries) == 1 else None
    at = place_of_country(code)
    return Place(*at, is_rounded=False) if at else None


def points_of_sites(
    scope: MapScope, table: Table, told: ViewFacts, places: Mapping[UUID, Place]
) -> bytes:
    """The sites of a view, as a table says them."""
    keys = scope.snapshot.keys
    rows = zip(scope.rows.tolist(), _records(table), strict=True)
    return _points([(places.get(keys[row]), said) for row, said in rows], told, "sites")


def points_of_countries(rows: Sequence[CountryRow], table: Table, told: ViewFacts) -> bytes:
    """Counts by country, or by country and tier, at the middle of each country.

    Args:
        rows: the country of each row of the table.
    """
    points = [
        Point(*at, said)
        for row, said in zip(rows, _records(table), strict=True)
        if (at := place_of_country(row.code))
    ]
    missing = {row.label for row in rows if place_of_country(row.code) is None}
    about = {**told.facts, "Places": ALL_MIDDLES}
    if missing:
        about["Not a point"] = ", ".join(sorted(missing))
    return write_geojson(points, name=told.title, about=about)


def _points(found: Sequence[tuple[Place | None, _Record]], told: ViewFacts, what: str) -> bytes:
    """The parts with coordinates; rounded ones are marked, and the file gives the reason."""
    points = [
        Point(at.longitude, at.latitude, {**said, "Place": ROUNDED} if at.is_rounded else said)
        for at, said in found
        if at is not None
    ]
    is_any = any(at is not None and at.is_rounded for at, _ in found)
    about = {**told.facts, "Points": f"{len(points):,} of {len(found):,} {what} have a place"}
    return write_geojson(points, name=told.title, about=about, note=NOTE if is_any else None)


def _records(table: Table) -> list[_Record]:
    """Each row by the titles of its columns; numbers stay numbers."""
    return [
        {
            column.title: cell if isinstance(cell, int | float) else cell_words(cell, column)
            for column, cell in zip(table.columns, row, strict=True)
        }
        for row in table.rows
    ]
