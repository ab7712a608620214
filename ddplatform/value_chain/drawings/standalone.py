"""Drawing as a file of its own: SVG with its colours and words inside, and the same as PNG.

Colours come from the style sheets of the pages (light theme), so a file looks as the page does.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import resvg_py
from markupsafe import Markup

from ddplatform.documents import lazy
from ddplatform.value_chain.drawings.shades import Shade
from supply_chain.graph.files import fit_for_xml

PICTURES = frozenset({"svg", "png"})
FONT = "Source Sans Pro"
_CUTS = ("Regular", "Semibold", "Bold")
_SHEETS = ("core.css", "workspace.css")
_DRAWN = (".g ", ".map ", "svg .x-", ".f-", ".ev")
_GRID = (
    ".mh{{font-size:12px;font-weight:600;fill:{--ink}}} .mt{{font-size:12.5px;fill:{--ink}}}"
    ".mn{{font-size:13px;font-weight:600;fill:{--ink}}} .ml{{stroke:{--line};fill:none}}"
    ".ms{{font-size:11px;fill:{--ink-2}}}"
    ".mc{{font-size:10px;font-weight:700;text-anchor:middle}}"
    ".mark{{fill:none;stroke:{--ink};stroke-width:1.2}}"
)
"""Rules of grids, which only files draw."""
_HATCHES = "legend-hatch"
_MARGIN, _LINE, _TITLE_LINE = 16.0, 17.0, 24.0
_MOST_PIXELS = 16_000_000
_SHARPEST = 2.0
_AT_SOME_WIDTH = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
"""Rules of pages that are narrow, or printed: a file is neither."""
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")


@dataclass(frozen=True)
class Picture:
    """A drawing with the text around it."""

    drawing: Markup
    width: float
    height: float
    title: str
    lines: Sequence[str]
    """Under the title: what is shown."""
    legend: Sequence[Shade]
    notes: Sequence[str]
    """Under the drawing."""


def svg_file(picture: Picture, static: Path) -> bytes:
    """The picture as an SVG that needs nothing else."""
    width = max(picture.width, 560.0) + 2 * _MARGIN
    lines = [cut for line in picture.lines for cut in _wrapped(line, width)]
    top = _MARGIN + _TITLE_LINE + _LINE * len(lines)
    legend, legend_height = _legend(picture.legend, width)
    notes = [cut for line in picture.notes for cut in _wrapped(line, width)]
    foot = top + picture.height + _LINE
    height = foot + legend_height + _LINE * len(notes) + _MARGIN
    text = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0f}" height="{h:.0f}" '
        'viewBox="0 0 {w:.0f} {h:.0f}"><title>{title}</title><style>{style}</style>'
        '<rect fill="#fff" width="100%" height="100%"/>'
        '<text class="fh" x="{m}" y="{head}">{title}</text>{lines}{drawing}'
        '<g transform="translate(0 {foot:.1f})">{legend}</g>{notes}</svg>'
    ).format(
        w=width,
        h=height,
        m=_MARGIN,
        head=_MARGIN + 12,
        title=picture.title,
        style=Markup(_style(static)),
        lines=_lines(lines, _MARGIN + _TITLE_LINE + 8),
        drawing=_inside(picture, top),
        foot=foot,
        legend=legend,
        notes=_lines(notes, foot + legend_height + 12),
    )
    return fit_for_xml(text).encode()


def png_file(svg: bytes) -> bytes:
    """The same as pixels: two to a point where that is not too many, on white."""
    # As bytes: where a piece of it ends, a letter may be cut in two.
    width, height = map(float, re.findall(rb'(?:width|height)="(\d+)"', svg[:400])[:2])
    return resvg_py.svg_to_bytes(
        svg_string=svg.decode(),
        zoom=min(_SHARPEST, math.sqrt(_MOST_PIXELS / (width * height))),
        background="#ffffff",
        font_files=_fonts(),
        font_family=FONT,
        sans_serif_family=FONT,
    )


@cache
def _fonts() -> list[str]:
    """The font of reports and, once they are made at set-up, those of Arabic and Chinese."""
    folder, scripts = files("font_source_sans_pro") / "files", lazy.scripts
    others = [scripts.FOLDER / name for names in scripts.SCRIPTS.values() for name in names]
    return [
        *(str(folder / f"SourceSansPro-{cut}.ttf") for cut in _CUTS),
        *(str(path) for path in others if path.is_file()),
    ]


@cache
def _style(static: Path) -> str:
    """The rules of the sheets that a drawing needs, with their variables filled in."""
    sheets = [(static / "css" / name).read_text(encoding="utf-8") for name in _SHEETS]
    sheet = re.sub(r"/\*.*?\*/", "", "\n".join(sheets), flags=re.DOTALL)
    known = _variables(sheet)
    sheet = _AT_SOME_WIDTH.sub("", sheet)
    rules = [
        f"{','.join(kept)}{{{_plain(body, known)}}}"
        for selectors, body in _RULE.findall(sheet)
        if (kept := [one for one in map(str.strip, selectors.split(",")) if _is_drawn(one)])
    ]
    own = (
        f'text{{font-family:"{FONT}",sans-serif}}'
        f".fh{{font-size:16px;font-weight:700;fill:{known['--ink']}}}"
        f".fl{{font-size:12.5px;fill:{known['--ink-2']}}}"
    ) + _GRID.format_map(known)
    return own + "".join(rules)


def _variables(sheet: str) -> Mapping[str, str]:
    root = sheet[sheet.index(":root") :]
    return dict(re.findall(r"(--[\w-]+):([^;}]+)", root[: root.index("}")]))


def _is_drawn(selector: str) -> bool:
    return selector.startswith(_DRAWN) and ":" not in selector


def _plain(body: str, known: Mapping[str, str]) -> str:
    while (filled := _VARIABLE.sub(lambda found: known[found[1]], body)) != body:
        body = filled
    body = re.sub(
        r"font:(\d+) (\S+) [^;]*", rf'font-weight:\1;font-size:\2;font-family:"{FONT}"', body
    )
    return body.replace('"Inter Variable"', f'"{FONT}"')


def _inside(picture: Picture, top: float) -> Markup:
    """The drawing without its links, at its place."""
    text = re.sub(r'<a class="more".*?</a>', "", str(picture.drawing), flags=re.DOTALL)
    text = re.sub(r"<a [^>]*>", "<g>", text).replace("</a>", "</g>")
    head, _, body = text.partition(">")
    kept = re.sub(r' (width|height|role|aria-\w+)="[^"]*"', "", head)
    place = f' x="{_MARGIN}" y="{top:.1f}" width="{picture.width:.0f}"'
    return Markup(f'{kept}{place} height="{picture.height:.0f}">{body}')


def _lines(lines: Sequence[str], top: float) -> Markup:
    return Markup("").join(
        Markup('<text class="fl" x="{}" y="{:.1f}">{}</text>').format(
            _MARGIN, top + at * _LINE, line
        )
        for at, line in enumerate(lines)
    )


def _wrapped(text: str, width: float) -> list[str]:
    """A text in lines of about this width."""
    most, lines = max(20, int((width - 2 * _MARGIN) / 6.2)), [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _legend(shades: Sequence[Shade], width: float) -> tuple[Markup, float]:
    x, y, out = _MARGIN, 0.0, Markup("")
    for shade in shades:
        words = f"{shade.word} ({shade.letter})"
        wide = 24 + 6.4 * len(words)
        if x + wide > width - _MARGIN and x > _MARGIN:
            x, y = _MARGIN, y + _LINE
        box = Markup('x="{:.1f}" y="{:.1f}" width="12" height="12"').format(x, y)
        hatch = Markup('<rect fill="url(#{})" {}/>').format(_HATCHES, box)
        out += Markup(
            '<rect class="f-{}" {}/>{}<text class="fl" x="{:.1f}" y="{:.1f}">{}</text>'
        ).format(shade.css, box, hatch if shade.css == "none" else "", x + 17, y + 10.5, words)
        x += wide
    defs = Markup(
        '<defs><pattern id="{}" width="4" height="4" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path stroke="#747c88" d="M0 0V4"/></pattern></defs>'
    ).format(_HATCHES)
    return defs + out, y + _LINE
