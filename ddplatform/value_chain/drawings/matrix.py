"""Tier by country as a drawing, for files: number, letter of the gravest, shares of the shades."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ddplatform.infrastructure.web.filters import number
from ddplatform.value_chain.drawings.shades import Shade

HEAD, ROW, LABEL, COLUMN = 30.0, 34.0, 190.0, 104.0
_LONGEST_LABEL = 30


@dataclass(frozen=True)
class Spot:
    """One cell: how many, the gravest shade, and how the shades share it."""

    count: int
    gravest: Shade | None
    parts: tuple[tuple[str, int], ...]
    events: int


@dataclass(frozen=True)
class Line:
    """One row of cells, as many as there are columns."""

    label: str
    spots: tuple[Spot, ...]


def matrix_svg(columns: Sequence[str], lines: Sequence[Line]) -> Markup:
    """The grid; its width and height stand in its head."""
    width, height = matrix_size(columns, lines)
    heads = (
        _text("mh", LABEL + at * COLUMN + 6, 20, words[:16]) for at, words in enumerate(columns)
    )
    rows = (_line(line, HEAD + at * ROW, width) for at, line in enumerate(lines))
    return Markup(
        '<svg class="m" width="{0}" height="{1}" viewBox="0 0 {0} {1}">{2}{3}</svg>'
    ).format(width, height, Markup("").join(heads), Markup("").join(rows))


def matrix_size(columns: Sequence[str], lines: Sequence[Line]) -> tuple[float, float]:
    """Width and height of the grid."""
    return LABEL + COLUMN * len(columns), HEAD + ROW * len(lines) + 4


def _line(line: Line, y: float, width: float) -> Markup:
    label = line.label
    if len(label) > _LONGEST_LABEL:
        label = f"{label[: _LONGEST_LABEL - 1].rstrip()}…"
    cells = (_spot(spot, LABEL + at * COLUMN, y) for at, spot in enumerate(line.spots))
    edge = Markup('<path class="ml" d="M0 {0}H{1}"/>').format(y, width)
    return edge + _text("mt", 4, y + 21, label) + Markup("").join(cells)


def _spot(spot: Spot, x: float, y: float) -> Markup:
    if not spot.count or spot.gravest is None:
        return Markup("")
    css = spot.gravest.css
    out = _text("mn", x + 6, y + 17, number(spot.count))
    out += Markup('<rect class="f-{}" x="{}" y="{}" width="16" height="14" rx="3"/>').format(
        css, x + 62, y + 6
    )
    out += _text(f"mc x-{css}", x + 70, y + 16.5, spot.gravest.letter)
    if spot.events:
        out += Markup('<path class="ev" d="M{} {}l5 9h-10z"/>').format(x + 90, y + 8)
    return out + _bar(spot, x + 6, y + 24)


def _bar(spot: Spot, x: float, y: float) -> Markup:
    room, out = COLUMN - 14, Markup("")
    for css, count in spot.parts:
        wide = room * count / spot.count
        out += Markup('<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="5"/>').format(
            css, x, y, wide
        )
        x += wide
    return out


def _text(css: str, x: float, y: float, words: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(css, x, y, words)
