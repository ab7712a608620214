"""Outlines of countries as SVG paths: Natural Earth 1:110m in the Equal Earth projection.

Natural Earth shows de-facto borders; the platform takes no position and operators may replace the
file. Projection: Šavrič, Patterson, Jenny (2018), "The Equal Earth map projection".
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT = 720, 344
_SCALE, _CENTRE_X, _CENTRE_Y = 163, 308, 200
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_HALF_THE_WORLD = 300.0
_NOT_DRAWN = frozenset({"Antarctica"})

Point = tuple[float, float]


def project(longitude: float, latitude: float) -> Point:
    """Degrees (WGS 84) to the drawing's units: x from 0 to WIDTH, y from 0 (north) to HEIGHT."""
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    bend = 9 * _A4 * t**8 + 7 * _A3 * t**6 + 3 * _A2 * t**2 + _A1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(t) / (3 * bend)
    y = t * (_A1 + _A2 * t**2 + t**6 * (_A3 + _A4 * t**2))
    return _CENTRE_X + _SCALE * x, _CENTRE_Y - _SCALE * y


def country_paths(topology: Mapping[str, Any]) -> dict[str, str]:
    """SVG path of each country in a world-atlas TopoJSON, by its three-digit ISO 3166 number.

    Areas without a number (Natural Earth leaves three so) are listed by their English name.
    """
    arcs = _absolute_arcs(topology)
    paths = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        if name not in _NOT_DRAWN:
            polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            rings = [_ring(ids, arcs) for polygon in polygons for ids in polygon]
            paths[str(shape.get("id") or name)] = "".join(rings)
    return paths


def _absolute_arcs(topology: Mapping[str, Any]) -> list[list[Point]]:
    """TopoJSON keeps each point as a step from the one before, in whole grid units."""
    scale_x, scale_y = topology["transform"]["scale"]
    shift_x, shift_y = topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(points)
    return arcs


def _ring(ids: Sequence[int], arcs: Sequence[Sequence[Point]]) -> str:
    points: list[Point] = []
    for index in ids:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    longitudes = [longitude for longitude, _ in points]
    if max(longitudes) - min(longitudes) > _HALF_THE_WORLD:
        # The ring crosses the date line: only its eastern part is drawn, else it would smear.
        points = [point for point in points if point[0] > 0]
    return _path([project(*point) for point in points])


def _path(corners: Sequence[Point]) -> str:
    """A closed path of steps from corner to corner, in tenths: half as long as their places.

    Areas smaller than a tenth are no path at all.
    """
    tenths = [(round(10 * x), round(10 * y)) for x, y in corners]
    steps = [
        (there[0] - here[0], there[1] - here[1])
        for here, there in pairwise(tenths)
        if there != here
    ]
    if not steps:
        return ""
    start = " ".join(map(_number, tenths[0]))
    line = "".join(f" {_number(part)}" for step in steps for part in step)
    return f"M{start}l{line.lstrip().replace(' -', '-')}z"


def _number(tenths: int) -> str:
    """Tenths as a number, as short as it goes: -5 is "-.5"."""
    text = f"{abs(tenths) / 10:.1f}".removesuffix(".0")
    return ("-" if tenths < 0 else "") + (text[1:] if text.startswith("0.") else text)
