"""World map as an SVG: land from a cached file, affected countries and bubbles drawn inline.

Natural Earth outlines, Equal Earth projection (adapters.world_outline). Countries too small for
the outline still get their bubble. Maps are never mirrored.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from ddplatform.infrastructure.assets.world_outline import HEIGHT, WIDTH, project
from ddplatform.infrastructure.web.countries import outline_key
from ddplatform.infrastructure.web.filters import number
from ddplatform.languages import gettext
from ddplatform.value_chain.drawings.chain import events_words
from ddplatform.value_chain.drawings.shades import Shade

_LETTER_WIDTH, _LINE_HEIGHT, _GAP = 6.2, 13.0, 4.0
_SMALLEST, _WIDEST = 8.0, 18.0
_ROUNDS, _GENTLY = 60, 0.7
_HATCH = Markup(
    '<defs><pattern id="map-hatch" width="4" height="4" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path class="hatch-l" d="M0 0V4"/></pattern></defs>'
)

Area = tuple[float, float, float, float]
Circle = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Bubble:
    """A count at a place: degrees (WGS 84), number of sites, gravest shade, name, address.

    Args:
        size: 0 to 1, makes the circle as large as it says; None: as large as the count.
        text: stands in the circle instead of the count.
        events: how many of the sites stand in the area of an event.
    """

    longitude: float
    latitude: float
    count: int
    shade: Shade
    label: str
    href: str = ""
    size: float | None = None
    text: str = ""
    events: int = 0


def world_map_svg(
    hits: Mapping[str, Shade],
    bubbles: Sequence[Bubble],
    *,
    outline: Mapping[str, str],
    land_href: str | None,
    land: Iterable[str] = (),
    title: str = "",
    id: str = "world-map",
) -> Markup:
    """Draw the world.

    Args:
        hits: ISO code of two or three letters -> shade of the country.
        bubbles: places with counts; the largest are drawn first, so small ones stay on top.
        outline: paths of countries (adapters.assets.load_outline); may be empty.
        land_href: address of the built `land.svg`; None leaves it out.
        land: paths that are drawn as land inside, for drawings that stand alone.
        title: what is shown, in words; `id` names it. Left out, it leads to the table beside.
    """
    title = title or gettext(
        "World map: sites by country, coloured by the most critical of them. "
        "The table beside it lists the same data."
    )
    ground = Markup('<use class="land" href="{}#land"/>').format(land_href) if land_href else ""
    ground += Markup("").join(Markup('<path class="land" d="{}"/>').format(path) for path in land)
    shapes = [_country(code, hits[code], outline) for code in sorted(hits)]
    ordered = sorted(bubbles, key=lambda one: (-_radius(one), one.label))
    return Markup(
        '<svg class="map" viewBox="0 0 {} {}" role="{}" aria-labelledby="{}">'
        '<title id="{}">{}</title>{}{}{}{}</svg>'
    ).format(
        WIDTH,
        HEIGHT,
        "group" if any(one.href for one in bubbles) else "img",
        id,
        id,
        title,
        _HATCH,
        ground,
        Markup("").join(shapes),
        _bubbles(ordered),
    )


def _country(code: str, shade: Shade, outline: Mapping[str, str]) -> Markup:
    path = outline.get(outline_key(code) or "")
    if path is None:
        return Markup("")
    shape = Markup('<path class="hit f-{}" d="{}"/>').format(shade.css, path)
    if shade.css == "none":
        shape += Markup('<path fill="url(#map-hatch)" d="{}"/>').format(path)
    return shape


def _radius(one: Bubble) -> float:
    if one.size is not None:
        return _SMALLEST + _WIDEST * math.sqrt(max(0.0, one.size))
    return _SMALLEST + 2.4 * math.log10(max(one.count, 1))


def _short(count: int) -> str:
    return number(count) if count < 1000 else f"{count / 1000:.1f}k"


def _bubbles(bubbles: Sequence[Bubble]) -> Markup:
    places = _apart([(*project(one.longitude, one.latitude), _radius(one)) for one in bubbles])
    taken: list[Area] = [(x - r, y - r, x + r, y + r) for x, y, r in places]
    out = Markup("")
    for one, (x, y, r) in zip(bubbles, places, strict=True):
        out += _bubble(one, x, y, r, words=_label(one.label, x, y, r, taken))
    for one, (x, y, r) in zip(bubbles, places, strict=True):
        if one.events:
            out += _event(x + r * 0.75, y - r * 0.75)
    return out


def _apart(places: Sequence[Circle]) -> list[Circle]:
    """Push circles out of each other, the smaller ones further, so that their counts show."""
    if not places:
        return []
    x, y, r = np.array(places).T
    # Two at one place part by the order they stand in, so that the same data give one drawing.
    x = x + np.arange(len(x)) * 1e-3
    share = r[:, None] ** 2
    share = share.T / (share + share.T)
    for _ in range(_ROUNDS):
        away_x, away_y = x[:, None] - x, y[:, None] - y
        distance = np.maximum(np.hypot(away_x, away_y), 1e-6)
        deep = np.maximum(0.0, r[:, None] + r - distance)
        np.fill_diagonal(deep, 0.0)
        if not deep.any():
            break
        x = np.clip(x + (away_x / distance * deep * share).sum(axis=1) * _GENTLY, r, WIDTH - r)
        y = np.clip(y + (away_y / distance * deep * share).sum(axis=1) * _GENTLY, r, HEIGHT - r)
    return [*zip(x.tolist(), y.tolist(), r.tolist(), strict=True)]


def _bubble(one: Bubble, x: float, y: float, r: float, *, words: Markup) -> Markup:
    told = [number(one.count), one.text, one.shade.word]
    if one.events:
        told.append(events_words(one.events))
    circle = Markup('cx="{:.1f}" cy="{:.1f}" r="{:.1f}"').format(x, y, r)
    inner = Markup(
        '<title>{}: {}</title><circle class="bub f-{}" {}/>{}'
        '<text class="cnt x-{}" x="{:.1f}" y="{:.1f}">{}</text>'
        '<text class="cnt let x-{}" x="{:.1f}" y="{:.1f}">{}</text>\n{}'
    ).format(
        one.label,
        ", ".join(filter(None, told)),
        one.shade.css,
        circle,
        Markup('<circle fill="url(#map-hatch)" {}/>').format(circle)
        if one.shade.css == "none"
        else "",
        one.shade.css,
        x,
        y + 1,
        one.text or _short(one.count),
        one.shade.css,
        x,
        y + 7.5,
        one.shade.letter,
        words,
    )
    if one.href:
        return Markup('<a href="{}">{}</a>').format(one.href, inner)
    return Markup("<g>{}</g>").format(inner)


def _event(x: float, y: float) -> Markup:
    return Markup('<path class="ev" d="M{:.1f} {:.1f}l4 7h-8z"/>').format(x, y - 4)


def _label(words: str, x: float, y: float, r: float, taken: list[Area]) -> Markup:
    """The name beside its bubble where there is room; left out where there is none."""
    width, side, middle = _LETTER_WIDTH * len(words), r + _GAP, _LINE_HEIGHT / 2
    choices = (
        (x + side, y + 4, "start", (x + side, y - middle, x + side + width, y + middle)),
        (x - side, y + 4, "end", (x - side - width, y - middle, x - side, y + middle)),
        (x, y - side, "middle", (x - width / 2, y - side - 10, x + width / 2, y - side + 2)),
        (x, y + side + 9, "middle", (x - width / 2, y + side, x + width / 2, y + side + 11)),
    )
    for text_x, text_y, anchor, box in choices:
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
                text_x, text_y, anchor, words
            )
    return Markup("")


def _overlap(a: Area, b: Area) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
