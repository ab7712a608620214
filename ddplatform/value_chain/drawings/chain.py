"""Drawings of the value chain and of the world as SVG: pure functions, no request, links inside.

Sizes are SVG attributes, colours are classes of `static/css/workspace.css`; the pages show the
same data as a table. Coordinates always run left to right: for right-to-left pages the server
mirrors the flow and adjusts the text anchors; maps are never mirrored.

The parts of a drawing are plain text in which every word from outside is escaped on insertion: a
picture has some two hundred parts, and joining them as `Markup` took most of its time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from ddplatform.documents.drawings.text import cut
from ddplatform.infrastructure.web.filters import band_class, band_word, number
from ddplatform.languages import gettext as _
from ddplatform.languages import ngettext
from ddplatform.value_chain.drawings.shades import BAND_SHADES, Shade, mix_words
from supply_chain.graph.layout import Placed, PlacedBox, PlacedLane, PlacedLink, mirrored

_TITLE_SIZE, _SUB_SIZE, _MORE_SIZE = 12.0, 11.0, 11.0
_INSET = 14
_END_INSET = 8
_LETTER_WIDTH = 6.1
_PILE = (6, 3)
_MIDDLE = ' text-anchor="middle"'
_HATCH = (
    '<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path class="hatch-l" d="M0 0V4"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class BoxDetail:
    """The words and links of a box beyond its place.

    Args:
        href: address of the node, or the one that opens the group.
        state: short word on the questionnaire ("no reply").
        overdue: number of overdue actions; 0 draws no badge.
        shade: its colour, where it is not that of its band.
        mix: for groups, how many nodes in each shade, the gravest first.
        shades: the scale of the mix.
        events: how many of its nodes stand in the area of an event.
        more: for groups, the words of the link that lets nodes out ("Show next 10").
        more_href: where `more` leads, if not to `href`.
    """

    href: str
    state: str = ""
    overdue: int = 0
    shade: Shade | None = None
    mix: tuple[int, ...] | None = None
    shades: tuple[Shade, ...] = BAND_SHADES
    events: int = 0
    more: str = ""
    more_href: str = ""


@dataclass(frozen=True, slots=True)
class _Side:
    """The start of a line of text, for left-to-right or right-to-left reading."""

    rtl: bool

    def start(self, x: float, w: float, inset: float = 0) -> float:
        return x + w - inset if self.rtl else x + inset

    def end(self, x: float, w: float, inset: float = 0) -> float:
        return x + inset if self.rtl else x + w - inset

    def span(self, x: float, w: float, *, width: float, inset: float = 0) -> float:
        """The x of something `width` wide that stands at the beginning of the line."""
        return x + w - inset - width if self.rtl else x + inset

    def anchor(self, *, at_end: bool = False) -> str:
        return ' text-anchor="end"' if self.rtl != at_end else ""


def value_chain_svg(
    placed: Placed,
    *,
    details: Mapping[str, BoxDetail],
    label: str,
    selected: str | None = None,
    path: Collection[tuple[str, str]] = (),
    rtl: bool = False,
) -> Markup:
    """Draw a placed view: lanes, links, boxes; each box is a link.

    Args:
        details: one for each box of `placed`, by box id; a missing one raises KeyError.
        label: one sentence on what the drawing shows.
        selected: id of the box in focus.
        path: (supplier, buyer) pairs of the links on the way of the selection.
        rtl: flow from right to left, for right-to-left pages.
    """
    drawing = mirrored(placed) if rtl else placed
    side = _Side(rtl)
    links = sorted(drawing.links, key=lambda one: _ends(one) in path)
    w, h = _n(drawing.width), _n(drawing.height)
    lanes = "".join(_lane(lane, side) for lane in drawing.lanes)
    curves = "".join(_link(one, on=_ends(one) in path) for one in links)
    boxes = "".join(
        _box(one, details[one.box.id], side, selected=one.box.id == selected)
        for one in drawing.boxes
    )
    return Markup(
        f'<svg class="g" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="group" '
        f'aria-label="{escape(label)}">{_HATCH}{lanes}{curves}{boxes}</svg>'
    )


def _ends(placed: PlacedLink) -> tuple[str, str]:
    return placed.link.supplier, placed.link.buyer


@lru_cache(maxsize=4096)
def _n(value: float) -> str:
    return f"{value + 0.0:.1f}".removesuffix(".0")  # -0.0, which equals 0.0, is written as that


def _text(css: str, x: float, y: float, words: str, anchor: str) -> str:
    return f'<text class="{css}" x="{_n(x)}" y="{_n(y)}"{anchor}>{escape(words)}</text>\n'


def _rect(css: str, x: float, y: float, w: float, h: float, *, rx: float) -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"'
    return f'<rect class="{css}" {place} rx="{_n(rx)}"/>'


def _hatched(x: float, y: float, w: float, h: float) -> str:
    place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"'
    return f'<rect fill="url(#hatch)" {place}/>'


def _lane(lane: PlacedLane, side: _Side) -> str:
    return (
        _rect("lane", lane.x, lane.y, lane.w, lane.h, rx=8)
        + _text("colh", lane.text_x, 30, lane.lane.title, side.anchor())
        + _text("cols", lane.text_x, 46, lane.lane.sub, side.anchor())
    )


def _link(placed: PlacedLink, *, on: bool) -> str:
    css = "e" + (" on" if on else "") + ("" if placed.link.confirmed else " q")
    start, first, second, end = (f"{_n(x)},{_n(y)}" for x, y in placed.curve)
    curve = f"M{start}C{first} {second} {end}"
    return f'<path class="{css}" stroke-width="{_n(placed.width)}" d="{curve}"/>'


def _box(placed: PlacedBox, detail: BoxDetail, side: _Side, *, selected: bool) -> str:
    css = "n" + (" sel" if selected else "") + (" ghost" if placed.box.ghost else "")
    current = ' aria-current="true"' if selected else ""
    return (
        f'<g class="{css}"><a href="{escape(detail.href)}"{current}>'
        f"<title>{escape(_name(placed, detail))}</title>\n"
        f"{_frame(placed, detail, side)}{_words(placed, side)}{_foot(placed, detail, side)}"
        f"{_event(placed, detail, side)}{_badge(placed, detail, side)}</a>"
        f"{_more(placed, detail)}</g>"
    )


def _name(placed: PlacedBox, detail: BoxDetail) -> str:
    box = placed.box
    shown = detail.shade.word if detail.shade else _("risk: %(band)s", band=band_word(box.band))
    parts = [box.title, box.sub, shown, detail.state]
    if detail.mix and sum(detail.mix):
        parts.append(mix_words(detail.mix, detail.shades))
    if detail.overdue:
        late = detail.overdue
        parts.append(
            ngettext(
                "%(count)s action overdue", "%(count)s actions overdue", late, count=number(late)
            )
        )
    if detail.events:
        parts.append(events_words(detail.events) if box.group else _("in the area of an event"))
    return ", ".join(part for part in parts if part)


def events_words(count: int) -> str:
    """The number of sites in the area of an event, in words."""
    return ngettext(
        "%(count)s site in the area of an event",
        "%(count)s sites in the area of an event",
        count,
        count=number(count),
    )


def _css(placed: PlacedBox, detail: BoxDetail) -> str:
    return detail.shade.css if detail.shade else band_class(placed.box.band)


def _frame(placed: PlacedBox, detail: BoxDetail, side: _Side) -> str:
    x, y, w, h = placed.x, placed.y, placed.w, placed.h
    out = ""
    if placed.box.group:
        for step in _PILE:
            out += _rect("box", x - step if side.rtl else x + step, y + step, w, h, rx=8)
    stripe = side.span(x, w, width=5)
    out += _rect("box", x, y, w, h, rx=8)
    css = _css(placed, detail)
    out += _rect(f"f-{css}", stripe, y + 7, 5, h - 14, rx=2)
    return out + _hatched(stripe, y + 7, 5, h - 14) if css == "none" else out


def _words(placed: PlacedBox, side: _Side) -> str:
    x = side.start(placed.x, placed.w, _INSET)
    room = placed.w - _INSET - _END_INSET
    title = cut(placed.box.title, room, _TITLE_SIZE)
    sub = cut(placed.box.sub, room, _SUB_SIZE)
    return _text("t", x, placed.y + 19, title, side.anchor()) + _text(
        "s", x, placed.y + 34, sub, side.anchor()
    )


def _foot(placed: PlacedBox, detail: BoxDetail, side: _Side) -> str:
    """The mix of a group, or the shade of one node in a word with its questionnaire."""
    if detail.mix and sum(detail.mix):
        return _mix(placed, detail, side)
    css = _css(placed, detail)
    word = detail.shade.word if detail.shade else band_word(placed.box.band)
    width = 8 + _LETTER_WIDTH * len(word)
    x = side.span(placed.x, placed.w, width=width, inset=_INSET)
    out = _rect(f"f-{css}", x, placed.y + 40, width, 14, rx=3)
    out += _text(
        f"chip x-{css}",
        x + width / 2,
        placed.y + 50.5,
        word,
        _MIDDLE,
    )
    if detail.state:
        end = side.end(placed.x, placed.w, 10)
        state = cut(detail.state, placed.w - _INSET - width - 14, _SUB_SIZE)
        out += _text("s", end, placed.y + 50.5, state, side.anchor(at_end=True))
    return out


def _mix(placed: PlacedBox, detail: BoxDetail, side: _Side) -> str:
    mix = detail.mix or ()
    room, total, done, out = placed.w - 2 * _INSET, sum(mix), 0.0, ""
    for css, count in zip((shade.css for shade in detail.shades), mix, strict=True):
        width = room * count / total
        if count:
            x = side.span(placed.x, placed.w, width=width, inset=_INSET + done)
            out += _rect(f"f-{css}", x, placed.y + 43, max(width - 1, 1), 7, rx=1)
            if css == "none":
                out += _hatched(x, placed.y + 43, max(width - 1, 1), 7)
        done += width
    return out


def _event(placed: PlacedBox, detail: BoxDetail, side: _Side) -> str:
    """A triangle over the edge, beside the place of the count of overdue actions."""
    if not detail.events:
        return ""
    x, y = _n(side.end(placed.x, placed.w, 32)), placed.y
    mark = f'<path class="ev" d="M{x} {_n(y - 8)}l8 14h-16z"/>'
    return f'{mark}<text class="evt" x="{x}" y="{_n(y + 4)}">!</text>'


def _badge(placed: PlacedBox, detail: BoxDetail, side: _Side) -> str:
    if not detail.overdue:
        return ""
    x, y = _n(side.end(placed.x, placed.w, 9)), placed.y
    count = escape(number(detail.overdue))
    mark = f'<circle class="badge" cx="{x}" cy="{_n(y + 2)}" r="9"/>'
    return f'{mark}<text class="badgt" x="{x}" y="{_n(y + 5.5)}">{count}</text>'


def _more(placed: PlacedBox, detail: BoxDetail) -> str:
    if not detail.more:
        return ""
    button = _rect(
        "plus", placed.x + _INSET, placed.y + 57, placed.w - 2 * _INSET, 17, rx=4
    ) + _text(
        "plust",
        placed.x + placed.w / 2,
        placed.y + 69.5,
        cut(detail.more, placed.w - 2 * _INSET, _MORE_SIZE),
        _MIDDLE,
    )
    href, told = escape(detail.more_href or detail.href), escape(detail.more)
    named = f"<title>{told}, {escape(placed.box.title)}</title>"
    return f'<a class="more" href="{href}">{named}{button}</a>'
