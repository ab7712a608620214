"""Sites as dots: positions computed here, drawing in `static/js/points.js`.

File, little endian: uint32 count, uint16 x[count], uint16 y[count], uint8 kind[count] with
kind = column * 8 + place in the scale (0 the gravest), uint32 number of marked dots and, rising,
the place of each in the file. x and y run over the whole drawing from 0 to 65,535, x to the right,
y down.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

Ints = NDArray[np.int64]

MAX_ROWS = 10
OTHER = "Other"
_SMALLEST_SHARE = 0.06
_FULL = 65_535
_WIDTH_PX, _HEIGHT_PX = 1190.0, 544.0
_LOW = {"low": (3, 208.0), "mid": (6, 352.0)}
"""A drawing of so few rows is no higher than that, in pixels; heights as in `workspace.css`."""
_WIDEST_STEP_PX = 6.0
_LARGE_STEPS_PX = range(22, 8, -1)
_LARGE_DOT = 0.7  # of the step
_LABELS_PX, _HEADS_PX = 150.0, 26.0
_DOT_PX, _SMALL_DOT_PX, _MANY = 3.2, 1.5, 20_000
_USED_WIDTH, _USED_HEIGHT = 0.9, 0.84


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites to draw, one entry per site in every column."""

    labels: Sequence[str]
    label: Ints  # position in `labels`: its row (country)
    column: Ints  # its column (tier)
    place: NDArray[np.int8]  # in the scale, 0 the gravest
    marked: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DotRow:
    """A row of the drawing: `top` and `bottom` as shares of the height."""

    name: str
    count: int
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class DotMap:
    """The drawing: its rows, the dots in the order of the file, and the site of each.

    `side` is that of all dots in pixels where they are so few that they can be large, else 0;
    `height` is "low", "mid" or "" for the whole.
    """

    rows: tuple[DotRow, ...]
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    marked: Ints
    order: Ints
    side: float
    height: str

    @property
    def height_px(self) -> float:
        """Height of the dots."""
        return _LOW[self.height][1] if self.height else _HEIGHT_PX

    @property
    def packed(self) -> bytes:
        """The file."""
        parts = (
            np.array([len(self.order)], dtype="<u4"),
            self.x.astype("<u2"),
            self.y.astype("<u2"),
            self.kind,
            np.array([len(self.marked)], dtype="<u4"),
            self.marked.astype("<u4"),
        )
        return b"".join(part.tobytes() for part in parts)


def dot_map(sites: Sites, columns: int) -> DotMap:
    """Place all sites in rows by country and columns by tier, the gravest first in each cell.

    Rows are ordered by number of sites; beyond `MAX_ROWS` the smallest share one row, "Other".
    Sites of one cell and one place of the scale are in the order that they were given in.
    Raises ValueError for a column outside 0 to `columns` - 1.
    """
    wrong = np.flatnonzero((sites.column < 0) | (sites.column >= columns))
    if len(wrong):
        row = int(wrong[0])
        raise ValueError(f"Site {row} is in column {sites.column[row]} of {columns}.")
    rows, row_of_label = _rows(sites)
    cell = row_of_label[sites.label] * columns + sites.column
    order = np.lexsort((np.arange(len(cell)), sites.place, cell))
    x, y = np.zeros(len(order), np.uint16), np.zeros(len(order), np.uint16)
    cells, starts, counts = np.unique(cell[order], return_index=True, return_counts=True)
    high = np.array([row.bottom - row.top for row in rows])[cells // columns]
    height, step = _large_step(high, counts, len(rows), columns)
    for at, start, count in zip(cells.tolist(), starts.tolist(), counts.tolist(), strict=True):
        row, column = divmod(at, columns)
        here = slice(start, start + count)
        if step:
            tall = _LOW[height][1] if height else _HEIGHT_PX
            x[here], y[here] = _large_cell(rows[row], column, columns, count, (step, tall))
        else:
            x[here], y[here] = _cell(rows[row], column, columns, count)
    kind = (sites.column[order] * 8 + sites.place[order]).astype(np.uint8)
    marked = np.flatnonzero(sites.marked[order])
    return DotMap(rows, x, y, kind, marked, order, round(step * _LARGE_DOT, 1), height)


def _large_step(
    high: NDArray[np.float64], counts: Ints, rows: int, columns: int
) -> tuple[str, int]:
    """Height of the drawing and one distance for all its dots, 0 where they are too many.

    Args:
        high: the part of the height, 0..1, that each cell has; `counts` its dots.
    """
    if not len(counts):
        return "", 0
    names = [name for name, (most, _) in _LOW.items() if rows <= most]
    for name in [*names, ""]:
        tall = high * (_LOW[name][1] if name else _HEIGHT_PX) * _USED_HEIGHT
        for step in _LARGE_STEPS_PX:
            lines = np.ceil(counts / max(1, _across(columns, step)))
            if _across(columns, step) and (lines * step <= tall).all():
                return name, step
    return "", 0


def _across(columns: int, step: float) -> int:
    """The number of dots side by side in a cell."""
    return int(_WIDTH_PX / columns * _USED_WIDTH / step)


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


def dots_svg(dots: DotMap, columns: Sequence[str], fills: Sequence[str]) -> Markup:
    """The same picture for files: names of rows and columns, one square a dot, one path a shade.

    Args:
        fills: endings of the fill classes, by place in the scale.
    """
    wide = _WIDTH_PX / max(1, len(columns))
    x = _LABELS_PX + dots.x / _FULL * _WIDTH_PX
    y = _HEADS_PX + dots.y / _FULL * dots.height_px
    size = dots.side or (_DOT_PX if len(dots.order) < _MANY else _SMALL_DOT_PX)
    out = Markup("").join(
        Markup('<text class="mh" x="{:.1f}" y="16">{}</text>').format(
            _LABELS_PX + at * wide + 4, words[: max(4, int(wide / 6.5))]
        )
        for at, words in enumerate(columns)
    )
    for row in dots.rows:
        at = _HEADS_PX + row.top * dots.height_px
        edge = Markup('<path class="ml" d="M0 {:.1f}H{}"/>').format(at, _LABELS_PX + _WIDTH_PX)
        words = f"{row.name}: {row.count:,}"
        out += edge + Markup('<text class="mt" x="4" y="{:.1f}">{}</text>').format(at + 15, words)
    for place in reversed(range(len(fills))):
        mine = np.flatnonzero(dots.kind & 7 == place)
        if len(mine):
            path = _squares(x[mine], y[mine], size)
            out += Markup('<path class="f-{}" d="{}"/>').format(fills[place], path)
    if len(dots.marked):
        marks = _squares(x[dots.marked] - 1, y[dots.marked] - 1, size + 2)
        out += Markup('<path class="mark" d="{}"/>').format(marks)
    width, height = dots_size(dots)
    return Markup('<svg class="m" width="{0}" height="{1}" viewBox="0 0 {0} {1}">{2}</svg>').format(
        width, height, out
    )


def dots_size(dots: DotMap) -> tuple[float, float]:
    """Width and height of the picture for files."""
    return _LABELS_PX + _WIDTH_PX, _HEADS_PX + dots.height_px


def _squares(x: NDArray[np.float64], y: NDArray[np.float64], size: float) -> str:
    places = zip(x.round(1).tolist(), y.round(1).tolist(), strict=True)
    return "".join(f"M{a} {b}h{size}v{size}h-{size}z" for a, b in places)


def rows_json(rows: Sequence[DotRow]) -> str:
    """Names and edges of the rows as `points.js` reads them."""
    return json.dumps([[row.name, row.top, row.bottom] for row in rows], ensure_ascii=False)


def _rows(sites: Sites) -> tuple[tuple[DotRow, ...], Ints]:
    """The rows, and the row of each label."""
    counts = np.bincount(sites.label, minlength=len(sites.labels)).tolist()
    found = [label for label, count in enumerate(counts) if count]
    ordered = sorted(found, key=lambda at: (-counts[at], sites.labels[at]))
    row_of_label = np.zeros(len(sites.labels), dtype=np.int64)
    row_of_label[ordered] = np.minimum(np.arange(len(ordered)), MAX_ROWS - 1)
    named = [(sites.labels[at], counts[at]) for at in ordered]
    if len(named) > MAX_ROWS:
        named[MAX_ROWS - 1 :] = [(OTHER, sum(count for _, count in named[MAX_ROWS - 1 :]))]
    roots = sum(sqrt(count) for _, count in named)
    weights = [max(sqrt(count) / roots, _SMALLEST_SHARE) for _, count in named]
    top, rows = 0.0, []
    for (name, count), weight in zip(named, weights, strict=True):
        share = weight / sum(weights)
        rows.append(DotRow(name, count, round(top, 4), round(min(top + share, 1.0), 4)))
        top += share
    return tuple(rows), row_of_label


def _large_cell(
    row: DotRow, column: int, columns: int, count: int, step_and_height: tuple[int, float]
) -> tuple[Ints, Ints]:
    """Places of the dots of one cell of few, filled as one reads: to the right, then down."""
    step, height = step_and_height
    line, place = np.divmod(np.arange(count), _across(columns, step))
    left, top = _corner(row, column, columns)
    return _whole(left + place * step / _WIDTH_PX), _whole(top + line * step / height)


def _cell(row: DotRow, column: int, columns: int, count: int) -> tuple[Ints, Ints]:
    """Places of the dots of one cell, filled from top to bottom, then to the right."""
    height = row.bottom - row.top
    wide, tall = _WIDTH_PX / columns * _USED_WIDTH, _HEIGHT_PX * height * _USED_HEIGHT
    step = min(_WIDEST_STEP_PX, sqrt(wide * tall / count))
    line, place = np.divmod(np.arange(count), max(1, int(tall / step)))
    left, top = _corner(row, column, columns)
    return _whole(left + line * step / _WIDTH_PX), _whole(top + place * step / _HEIGHT_PX)


def _corner(row: DotRow, column: int, columns: int) -> tuple[float, float]:
    """The position of a cell's first dot, as parts of the width and the height."""
    height = row.bottom - row.top
    left = (column + (1 - _USED_WIDTH) / 2) / columns
    return left, row.top + height * (1 - _USED_HEIGHT) / 2


def _whole(parts: NDArray[np.float64]) -> Ints:
    return np.minimum(parts * _FULL, _FULL).astype(np.int64)
