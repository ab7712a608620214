"""External lists in JSON: an array of sites, an answer of a server, points as GeoJSON.

Each object is a row, each of its values a column named by its path ("coordinates.lat"). The
format value-chain/1 is read elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes
from supply_chain.intake.encodings import decode_text

Value = tuple[str, str, str]
"""Name of its column, the whole way to it, text."""
Rows = tuple[tuple[str, ...], ...]

ENDINGS = (".json", ".geojson")
_OURS = b'"value-chain/'
# Under which names servers give their lists.
_LISTS = ("results", "features", "data", "items", "facilities", "suppliers", "sites", "rows")
_MOST_COLUMNS, _DEEPEST = 5_000, 4
# A pair of degrees of GeoJSON and of objects: the columns are called as lists call them.
_LATITUDES, _LONGITUDES = ("lat", "latitude"), ("lng", "lon", "long", "longitude")
_DEGREES = ("latitude", "longitude")


@lru_cache(maxsize=8)
def json_rows(file: NamedBytes) -> Rows | None:
    """The rows of a JSON list, headings first; None where it is none, or is our own format."""
    if not file.name.lower().endswith(ENDINGS) or _OURS in file.content:
        return None
    try:
        entries = _entries(json.loads(decode_text(file)[0]))
    except (ValueError, RecursionError, FileRefused):
        return None
    if not entries:
        return None
    flat = _named([list(_flat(entry)) for entry in entries])
    header = list(dict.fromkeys(name for row in flat for name in row))[:_MOST_COLUMNS]
    return (tuple(header), *(tuple(row.get(name, "") for name in header) for row in flat))


def _entries(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict):
        lists = [document[name] for name in _LISTS if isinstance(document.get(name), list)]
        document = lists[0] if lists else None
    if not isinstance(document, list) or not all(isinstance(one, dict) for one in document):
        return []
    return document


def _named(rows: list[list[Value]]) -> list[dict[str, str]]:
    """The values of each row by the name of their column.

    GeoJSON numbers its features with an `id` and may give their properties another one: where the
    two differ in any row, the one among the properties is the site's own and keeps the plain name,
    and that of the feature moves aside. The location of a place is its point.
    """
    apart: set[str] = set()
    for row in rows:
        outer = {name: text for name, whole, text in row if name == whole}
        apart |= {name for name, whole, text in row if outer.get(name, text) != text}
    taken = {name for row in rows for name, _, _ in row}
    return [_row_named(row, {name: _aside(name, taken) for name in apart}) for row in rows]


def _row_named(row: list[Value], asides: dict[str, str]) -> dict[str, str]:
    inner = {name for name, whole, _ in row if name != whole}
    named = {}
    for name, whole, text in row:
        column = name
        if name in asides and name in _DEGREES:
            column = whole
        elif name in asides and name == whole and name in inner:
            column = asides[name]
        named[column] = text
    return named


def _aside(name: str, taken: set[str]) -> str:
    """Free name for a value of a feature whose own name is used by its properties."""
    aside = f"feature.{name}"
    while aside in taken:
        aside = f"feature.{aside}"
    return aside


def _flat(
    entry: dict[str, Any], way: str = "", whole_way: str = "", depth: int = 0
) -> Iterator[Value]:
    for key, value in entry.items():
        name, whole = f"{way}{key}", f"{whole_way}{key}"
        if isinstance(value, dict):
            point = _point(value)
            if point:
                # A point is the place, whatever else is said of one.
                yield "latitude", "latitude", point[0]
                yield "longitude", "longitude", point[1]
            elif set(value) == {"min", "max"}:
                yield name, whole, f"{value['min']}-{value['max']}"
            elif depth < _DEEPEST:
                # GeoJSON has the attributes of a point under "properties".
                inside = way if key == "properties" else f"{name}."
                yield from _flat(value, inside, f"{whole}.", depth + 1)
        elif value is not None and (key, value) != ("type", "Feature"):
            yield name, whole, _text(value)


def _point(value: dict[str, Any]) -> tuple[str, str] | None:
    """Latitude and longitude of an object that is a point."""
    pair = value.get("coordinates")
    if value.get("type") == "Point" and isinstance(pair, list) and len(pair) > 1:
        return str(pair[1]), str(pair[0])  # GeoJSON gives the longitude first
    found = [next((key for key in keys if key in value), "") for keys in (_LATITUDES, _LONGITUDES)]
    if all(found) and len(value) == len(found):
        return str(value[found[0]]), str(value[found[1]])
    return None


def _text(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return "|".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
