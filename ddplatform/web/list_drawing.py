"""A list as a drawing, for files: heads, and rows with a second line where there is more to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from markupsafe import Markup

from ddplatform.web.shades import Shade

HEAD, ROW = 30.0, 36.0
_GAP = 10.0
_LETTERS = {"mh": 6.6, "mn": 6.8, "mt": 6.0, "ms": 5.4}
"""Width of a usual letter in pixels, by the style of the words. Chinese ones take two."""


@dataclass(frozen=True)
class Head:
    """What stands over a column, and its width in pixels."""

    words: str
    width: float


@dataclass(frozen=True)
class Entry:
    """One cell: its words, what is told below them, a shade before them, the mark of an event."""

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
        _text("mh", left, 20, _fitted(head.words, head.width - _GAP, "mh"))
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
    out += _text(css, left + shift, top + 16, _fitted(entry.words, room - shift, css))
    if entry.is_marked:
        out += Markup('<path class="ev" d="M{} {}l5 9h-10z"/>').format(left + 8, top + 21)
        shift = max(shift, 22.0)
    if entry.below:
        below = _fitted(entry.below, room - shift, "ms")
        out += _text("ms", left + shift, top + 30, below)
    return out


def _fitted(words: str, room: float, css: str) -> str:
    """As many letters as stand in so much room; an ellipsis says that there are more."""
    letter = _LETTERS[css]
    wide = [letter * (2 if east_asian_width(sign) in "WF" else 1) for sign in words]
    if sum(wide) <= room:
        return words
    used, kept = letter, ""
    for sign, size in zip(words, wide, strict=True):
        if (used := used + size) > room:
            break
        kept += sign
    return f"{kept.rstrip()}…"


def _text(css: str, x: float, y: float, words: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(css, x, y, words)
