"""Scripts that the report font lacks: Arabic, joined and right to left, and Chinese.

The fonts are made at set-up (`infrastructure/assets/files.py`); without them, paper
is in English. Arabic letters become the shapes they take beside each other (arabic-reshaper) and
lines are put in the order in which they are drawn (python-bidi, the Unicode algorithm); each piece
of a line is drawn in the first font that has its letters.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, cast

from arabic_reshaper import ArabicReshaper
from bidi import get_display
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ddplatform.config import ROOT
from ddplatform.documents.paper.styles import BOLD, ITALIC, PAGE_WIDTH, REGULAR, SEMIBOLD
from ddplatform.languages import ENGLISH, current_language, direction_of, speaking

FOLDER = ROOT / "static" / "vendor" / "paper"
SCRIPTS: Mapping[str, tuple[str, str]] = {
    "ar": ("NotoSansArabic-400.ttf", "NotoSansArabic-600.ttf"),
    "zh": ("NotoSansSC-400.ttf", "NotoSansSC-600.ttf"),
}
"""Files of the plain and the heavy cut of each language that the report font cannot write."""
_HEAVY = frozenset({SEMIBOLD, BOLD})
_OWN = frozenset({REGULAR, SEMIBOLD, BOLD, ITALIC})
_OPEN, _CLOSE = "（《“‘「『【〔(", "，。、；：？！）》”’」』】〕…,.;:?!)"
_WIDE = "\u2e80-\u303f\u3040-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
# A stop or comma inside a number, a day or an address ends nothing.
_INSIDE = rf"[^\s{_WIDE}{_OPEN}{_CLOSE}]|[.,:’](?=[^\W{_WIDE}])"
_WORD = re.compile(rf"\s*(?:[{_OPEN}]*(?:[{_WIDE}]|(?:{_INSIDE})+)[{_CLOSE}]*|\S)")
_OPENED, _CLOSED = r"(\[{«", r")\]}»"
_OPENING, _CLOSING = re.compile(f"[{_OPENED}]"), re.compile(f"[{_CLOSED}]")
_OTHER_WAY = str.maketrans("([{«)]}»", ")]}»([{«")
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARK = "\ufffc"  # without a direction, as brackets are, and nothing that is ever drawn
_BRACKET = re.compile(
    f"(?P<kept>[{_OPENED}]{_MARK}|{_MARK}[{_CLOSED}])|{_MARK}[{_OPENED}]|[{_CLOSED}]{_MARK}"
)
_reshaper = ArabicReshaper({"delete_harakat": False, "support_ligatures": True})
_language: ContextVar[str] = ContextVar("language_of_paper", default="")


def has_letters(language: str) -> bool:
    """Whether paper can be written in a language."""
    return all((FOLDER / name).is_file() for name in SCRIPTS.get(language, ()))


@contextmanager
def speaking_on_paper() -> Iterator[None]:
    """Texts of a PDF: in the language spoken now where the fonts of paper have its letters."""
    here = current_language()
    with speaking(here if has_letters(here) else ENGLISH):
        yield


@contextmanager
def writing(language: str) -> Iterator[None]:
    """Lay out everything inside in this language (its BCP 47 tag)."""
    code = language.partition("-")[0]
    known = code if code in SCRIPTS and has_letters(code) else ""
    if known:
        _register()
    token = _language.set(known)
    try:
        yield
    finally:
        _language.reset(token)


def script() -> str:
    """The code of the language of this paper where the report font lacks its letters."""
    return _language.get()


def canvas_class() -> type[Canvas]:
    """The canvas of this paper."""
    if not script():
        return Canvas
    return TurnedCanvas if direction_of(script()) == "rtl" else ScriptCanvas


@cache
def _register() -> None:
    """Make the fonts of the other scripts known to ReportLab, once a process."""
    for code, names in SCRIPTS.items():
        if has_letters(code):
            for cut, name in zip(("", "-Heavy"), names, strict=True):
                pdfmetrics.registerFont(TTFont(f"{code}{cut}", str(FOLDER / name)))


@cache
def _glyphs(font: str) -> Mapping[int, int]:
    found: Mapping[int, int] = cast(Any, pdfmetrics.getFont(font)).face.charToGlyph
    return found


def _fonts_for(font: str) -> list[str]:
    """A font of the reports and its fallbacks, this paper's script first."""
    cut = "-Heavy" if font in _HEAVY else ""
    codes = sorted(filter(has_letters, SCRIPTS), key=lambda code: code != script())
    return [font, *(f"{code}{cut}" for code in codes)] if font in _OWN else [font]


@lru_cache(maxsize=65_536)
def _runs(text: str, font: str, language: str) -> tuple[tuple[str, str], ...]:
    is_turned = direction_of(language) == "rtl"
    if is_turned or any("\u0590" <= sign <= "\u08ff" for sign in text):
        base = "R" if is_turned else "L"
        text = _in_order(_reshaper.reshape(text), base)
    fonts = _fonts_for(font)
    found: list[tuple[str, str]] = []
    for sign in _UNSEEN.sub("", text):  # of use for the order alone
        last = found[-1][0] if found else font
        order = [last, *fonts] if sign == " " else fonts
        chosen = next((one for one in order if ord(sign) in _glyphs(one)), font)
        if found and found[-1][0] == chosen:
            found[-1] = (chosen, found[-1][1] + sign)
        else:
            found.append((chosen, sign))
    return tuple(found)


def _in_order(text: str, base: str) -> str:
    """A line as it is drawn, with the brackets of what runs from right to left turned.

    The library puts signs in order and leaves their shapes. A mark on the inner side of each
    bracket tells: it comes out on the other side where the bracket was turned.
    """
    text = text.replace(_MARK, "")
    marked = _OPENING.sub(rf"\g<0>{_MARK}", _CLOSING.sub(rf"{_MARK}\g<0>", text))
    drawn = _BRACKET.sub(_turned, str(get_display(marked, base_dir=base)))
    return drawn.replace(_MARK, "")


def _turned(found: re.Match[str]) -> str:
    return found[0] if found["kept"] else found[0].translate(_OTHER_WAY)


def runs(text: str, font: str) -> tuple[tuple[str, str], ...]:
    """One line as pairs of a font and the letters drawn in it, in the order they are drawn."""
    return _runs(text, font, script() or ENGLISH)


def has_glyphs(text: str, font: str) -> bool:
    """Whether this paper shows every letter of a text: in a font of the reports or its own."""
    drawn = (run for line in text.splitlines() for run in runs(line, font))
    return all(ord(sign) in _glyphs(one) for one, piece in drawn for sign in piece.strip())


def line_width(text: str, font: str, size: float) -> float:
    """Width of one line of this paper, in points."""
    return sum(pdfmetrics.stringWidth(piece, one, size) for one, piece in runs(text, font))


def pieces(paragraph: str) -> list[str]:
    """The breakable pieces of a line, each with the blank before it where there is one."""
    return [" " * piece[:1].isspace() + piece.strip() for piece in _WORD.findall(paragraph)]


class ScriptCanvas(Canvas):
    """Draws each line in the fonts that have its letters."""

    _fontname: str
    _fontsize: float

    def drawString(self, x: float, y: float, text: str, *_: Any, **__: Any) -> None:
        self._draw_runs(x, y, text)

    def drawRightString(self, x: float, y: float, text: str, *_: Any, **__: Any) -> None:
        self._draw_runs(x - self._width(text), y, text)

    def drawCentredString(self, x: float, y: float, text: str, *_: Any, **__: Any) -> None:
        self._draw_runs(x - self._width(text) / 2, y, text)

    def _width(self, text: str) -> float:
        return line_width(text, self._fontname, self._fontsize)

    def _draw_runs(self, x: float, y: float, text: str) -> None:
        font, size = self._fontname, self._fontsize
        for one, piece in runs(text, font):
            self.setFont(one, size)
            Canvas.drawString(self, x, y, piece)
            x += pdfmetrics.stringWidth(piece, one, size)
        self.setFont(font, size)


class TurnedCanvas(ScriptCanvas):
    """A page whose lines run from right to left: what is drawn is mirrored, letters are not."""

    def _turned(self, x: float) -> float:
        return float(PAGE_WIDTH - 2 * self.absolutePosition(0, 0)[0] - x)

    def drawString(self, x: float, y: float, text: str, *_: Any, **__: Any) -> None:
        self._draw_runs(self._turned(x) - self._width(text), y, text)

    def drawRightString(self, x: float, y: float, text: str, *_: Any, **__: Any) -> None:
        self._draw_runs(self._turned(x), y, text)

    def drawCentredString(self, x: float, y: float, text: str, *_: Any, **__: Any) -> None:
        self._draw_runs(self._turned(x) - self._width(text) / 2, y, text)

    def rect(self, x: float, y: float, width: float, height: float, *a: Any, **k: Any) -> None:
        super().rect(self._turned(x) - width, y, width, height, *a, **k)

    def roundRect(self, x: float, y: float, width: float, height: float, *a: Any, **k: Any) -> None:
        super().roundRect(self._turned(x) - width, y, width, height, *a, **k)

    def circle(self, x_cen: float, y_cen: float, r: float, *a: Any, **k: Any) -> None:
        super().circle(self._turned(x_cen), y_cen, r, *a, **k)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        super().line(self._turned(x1), y1, self._turned(x2), y2)

    def linkRect(
        self, contents: Any, destinationname: Any, Rect: Any = None, *a: Any, **k: Any
    ) -> None:
        x1, y1, x2, y2 = Rect
        turned = (self._turned(x2), y1, self._turned(x1), y2)
        super().linkRect(contents, destinationname, turned, *a, **k)
