"""Building blocks of the files of a graph; points as GeoJSON: plain values in, bytes out."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Cell = str | int | float
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class GraphPart:
    """The nodes of a graph, or its links: one row each under one header.

    `ends` of a node is its id, of a link the ids of its supplier and its buyer. `numbers` names the
    columns that hold numbers alone, so that programs can weigh by them; an empty cell is left out.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    ends: Sequence[tuple[str, ...]]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Point:
    """A place in degrees (WGS 84), with its properties."""

    longitude: float
    latitude: float
    told: dict[str, Cell]


def fit_for_xml(text: str) -> str:
    """A text without what no XML can hold, not even escaped: one such sign breaks a whole file."""
    return _NOT_XML.sub("", text)


def write_geojson(
    points: Sequence[Point],
    *,
    name: str,
    about: Mapping[str, Cell] | None = None,
    note: str | None = None,
) -> bytes:
    """Points as a FeatureCollection (RFC 7946); the same points give the same bytes.

    Args:
        about: what the file says of itself, a member of that name beside the points.
        note: what a reader has to know of the places.
    """
    said = {"about": about and dict(about), "note": note}
    head = {"name": name, **{key: value for key, value in said.items() if value}}
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.longitude, point.latitude]},
            "properties": point.told,
        }
        for point in points
    ]
    document = {"type": "FeatureCollection", **head, "features": features}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # A lone half of a surrogate pair stays the JSON escape it came as.
    return text.encode("utf-8", "backslashreplace")
