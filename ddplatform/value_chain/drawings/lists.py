"""List as a drawing, for files: headings, and rows with a second line where needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ddplatform.documents.drawings.text import cut
from ddplatform.value_chain.drawings.shades import Shade

HEAD, ROW = 30.0, 36.0
_GAP = 10.0
_SIZES = {"mh": 12.0, "mn": 13.0, "mt": 12.5, "ms": 11.0}
"""Letter sizes of the styles in `standalone`, in pixels."""


@dataclass(frozen=True)
class Head:
    """The heading of a column, and its width in pixels."""

    words: str
    width: float


@dataclass(frozen=True)
class Entry:
    """One cell: its words, the line below them, a shade before them, the mark of an event."""

    words: str
    below: str = ""
    shade: Shade | None = None
    is_marked: bool = False


def list_svg(heads: Sequence[Head], rows: Sequence[Sequence[Entry]], *, empty: str) -> Markup:
    """The list; its width and height stand in its head.

    Args:
        empty: what is said where there is no row.
    """
    width, height = list_size(heads, rows)
    lefts = [sum(head.width for head in heads[:at]) for at in range(len(heads))]
    out = Markup("").join(
        _text("mh", left, 20, cut(head.words, head.width - _GAP, _SIZES["mh"]))
        for left, head in zip(lefts, heads, strict=True)
    )
    for at, row in enumerate(rows):
        top = HEAD + at * ROW
        out += Markup('<path class="ml" d="M0 {0}H{1}"/>').format(top, width)
        for place, (entry, left) in enumerate(zip(row, lefts, strict=True)):
            css = "mn" if place == 0 else "mt"
            out += _entry(entry, css, left, top, heads[place].width - _GAP)
    out += _text("mt", 0, HEAD + 22, empty) if not rows else Markup("")
    return Markup(
        '<svg class="m" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.0f} {1:.0f}">{2}</svg>'
    ).format(width, height, out)


def list_size(heads: Sequence[Head], rows: Sequence[Sequence[Entry]]) -> tuple[float, float]:
    """Width and height of the list."""
    return sum(head.width for head in heads), HEAD + ROW * max(1, len(rows)) + 4


def _entry(entry: Entry, css: str, left: float, top: float, room: float) -> Markup:
    shade, out, shift = entry.shade, Markup(""), 0.0
    if shade is not None:
        out = Markup('<rect class="f-{}" x="{}" y="{}" width="16" height="14" rx="3"/>').format(
            shade.css, left, top + 4
        ) + _text(f"mc x-{shade.css}", left + 8, top + 14.5, shade.letter)
        shift = 22.0
    out += _text(css, left + shift, top + 16, cut(entry.words, room - shift, _SIZES[css]))
    if entry.is_marked:
        out += Markup('<path class="ev" d="M{} {}l5 9h-10z"/>').format(left + 8, top + 21)
        shift = max(shift, 22.0)
    if entry.below:
        below = cut(entry.below, room - shift, _SIZES["ms"])
        out += _text("ms", left + shift, top + 30, below)
    return out


def _text(css: str, x: float, y: float, words: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(css, x, y, words)
