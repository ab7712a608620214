"""Every site as a dot: positions are made here, `static/js/points.js` only paints them.

File, little endian: uint32 count, uint16 x[count], uint16 y[count], uint8 kind[count] with
kind = column * 8 + band (0 not assessed, 1 low, 2 medium, 3 high, 4 critical). x and y run over
the whole drawing from 0 to 65,535, x to the right, y down.
"""

import json
import struct
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

MAX_ROWS = 10
OTHER = "Other"
_SMALLEST_SHARE = 0.06
_FULL = 65_535
_WIDTH_PX, _HEIGHT_PX = 1190.0, 544.0
_WIDEST_STEP_PX = 6.0
_USED_WIDTH, _USED_HEIGHT = 0.9, 0.84
_BANDS = {None: 0, "low": 1, "medium": 2, "high": 3, "critical": 4}


@dataclass(frozen=True, slots=True)
class Site:
    """One site: its id, the row (country) and column (tier) it stands in, and its band."""

    id: str
    row: str
    column: int
    band: str | None


@dataclass(frozen=True, slots=True)
class DotRow:
    """A row of the drawing: `top` and `bottom` as shares of the height."""

    name: str
    count: int
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class DotMap:
    """The drawing: its rows, the file, and the ids of the sites in the order of the file."""

    rows: tuple[DotRow, ...]
    packed: bytes
    ids: tuple[str, ...]


def dot_map(sites: Sequence[Site], columns: int) -> DotMap:
    """Place all sites in rows by country and columns by tier, the gravest band first in each cell.

    Rows stand by number of sites; beyond `MAX_ROWS` the smallest share one row, "Other".
    Raises ValueError for a column outside 0 to `columns` - 1.
    """
    rows = _rows(Counter(site.row for site in sites))
    at = {row.name: row for row in rows}
    cells: dict[tuple[str, int], list[Site]] = {}
    for site in sites:
        if not 0 <= site.column < columns:
            raise ValueError(f"Site {site.id} is in column {site.column} of {columns}.")
        name = site.row if site.row in at else OTHER
        cells.setdefault((name, site.column), []).append(site)
    xs, ys, kinds, ids = array("H"), array("H"), bytearray(), list[str]()
    for name, column in sorted(cells, key=lambda cell: (at[cell[0]].top, cell)):
        members = sorted(cells[name, column], key=lambda site: (-_BANDS[site.band], site.id))
        places = _cell(at[name], column, columns, len(members))
        for site, (x, y) in zip(members, places, strict=True):
            xs.append(x)
            ys.append(y)
            kinds.append(column * 8 + _BANDS[site.band])
            ids.append(site.id)
    count = len(ids)
    packed = struct.pack(f"<I{count}H{count}H", count, *xs, *ys) + bytes(kinds)
    return DotMap(rows, packed, tuple(ids))


def row_labels_svg(rows: Sequence[DotRow]) -> Markup:
    """Names of the rows at their heights, for the column beside the dots."""
    labels = [
        Markup(
            '<line x2="100%" y1="{y}" y2="{y}"/><text x="12" y="{y}" dy="1.3em">{name} '
            '<tspan class="sub">{count}</tspan></text>'
        ).format(y=f"{row.top * 100:.2f}%", name=row.name, count=f"{row.count:,}")
        for row in rows
    ]
    return Markup(
        '<svg class="dotlabels" width="100%" height="100%" aria-hidden="true">{}</svg>'
    ).format(Markup("").join(labels))


def rows_json(rows: Sequence[DotRow]) -> str:
    """Names and edges of the rows as `points.js` reads them."""
    return json.dumps([[row.name, row.top, row.bottom] for row in rows], ensure_ascii=False)


def _rows(counts: Mapping[str, int]) -> tuple[DotRow, ...]:
    ordered = sorted(counts.items(), key=lambda one: (one[0] == OTHER, -one[1], one[0]))
    if len(ordered) > MAX_ROWS:
        rest = sum(count for _, count in ordered[MAX_ROWS - 1 :])
        ordered = [*ordered[: MAX_ROWS - 1], (OTHER, rest)]
    roots = sum(sqrt(count) for _, count in ordered)
    weights = [max(sqrt(count) / roots, _SMALLEST_SHARE) for _, count in ordered]
    top, rows = 0.0, []
    for (name, count), weight in zip(ordered, weights, strict=True):
        share = weight / sum(weights)
        rows.append(DotRow(name, count, round(top, 4), round(min(top + share, 1.0), 4)))
        top += share
    return tuple(rows)


def _cell(row: DotRow, column: int, columns: int, count: int) -> list[tuple[int, int]]:
    """Places of the dots of one cell, filled from top to bottom, then to the right."""
    height = row.bottom - row.top
    wide, tall = _WIDTH_PX / columns * _USED_WIDTH, _HEIGHT_PX * height * _USED_HEIGHT
    step = min(_WIDEST_STEP_PX, sqrt(wide * tall / count))
    per_line = max(1, int(tall / step))
    left = (column + (1 - _USED_WIDTH) / 2) / columns
    top = row.top + height * (1 - _USED_HEIGHT) / 2
    return [
        (
            min(_FULL, int((left + i // per_line * step / _WIDTH_PX) * _FULL)),
            min(_FULL, int((top + i % per_line * step / _HEIGHT_PX) * _FULL)),
        )
        for i in range(count)
    ]
