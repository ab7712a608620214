"""Flowables that ReportLab lacks: headings, key figures, notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph

from ddplatform.documents.content import NOT_ASSESSED, Heading, KeyFigure
from ddplatform.documents.paper.scripts import script
from ddplatform.documents.paper.styles import (
    ACCENT,
    ACCENT_SOFT,
    BOLD,
    HEADINGS,
    INK,
    INK_2,
    INK_3,
    LINE,
    LINE_2,
    NOTE_TEXT,
    NOTE_TITLE,
    REGULAR,
    SEMIBOLD,
    WARN,
    WARN_SOFT,
)
from ddplatform.documents.tables.lines import cut, text_width, wrapped


def printed(text: str, style: ParagraphStyle, *, bullet: str | None = None) -> Flowable:
    """A paragraph of verbatim text, with all markup escaped."""
    if script():
        return LinesFlowable(text, style, bullet=bullet or "")
    return Paragraph(escape(text), style, bulletText=bullet)


class LinesFlowable(Flowable):
    """A paragraph of a script that ReportLab cannot break or turn; `lines` if it is the rest."""

    def __init__(
        self,
        text: str,
        style: ParagraphStyle,
        *,
        bullet: str = "",
        lines: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self.text, self.style, self.bullet, self.lines = text, style, bullet, lines

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        look = (self.style.fontName, self.style.fontSize)
        room = aW - self.style.leftIndent - self.style.rightIndent
        shown = self.lines or wrapped(self.text, *look, room)
        self.shown, self.width, self.height = shown, aW, len(shown) * self.style.leading
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        self.wrap(aW, aH)
        fit = int(aH // self.style.leading)
        if fit == 0 or fit >= len(self.shown):
            return [] if fit == 0 else [self]
        first = LinesFlowable("", self.style, bullet=self.bullet, lines=self.shown[:fit])
        return [first, LinesFlowable("", self.style, lines=self.shown[fit:])]

    def draw(self) -> None:
        canvas, style = self.canv, self.style
        canvas.setFillColor(style.textColor)
        canvas.setFont(style.fontName, style.fontSize)
        y = self.height - style.fontSize
        if self.bullet:
            canvas.drawString(style.bulletIndent, y, self.bullet)
        for line in self.shown:
            canvas.drawString(style.leftIndent, y, line)
            y -= style.leading


class Headed(Flowable):
    """A heading that knows its anchor, for the contents and the outline of the file.

    One that runs over the end of a page leaves the anchor where it begins.
    """

    def __init__(self, heading: Heading, anchor: str, *, part: Flowable | None = None) -> None:
        super().__init__()
        self.heading, self.anchor, self.style = heading, anchor, HEADINGS[heading.level]
        self.words = f"{heading.number}\u2002{heading.text}" if heading.number else heading.text
        self.part = part or printed(self.words, self.style)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        self.width, self.height = self.part.wrap(aW, aH)
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        parts = self.part.split(aW, aH)
        first = [Headed(self.heading, self.anchor, part=part) for part in parts[:1]]
        return [*first, *parts[1:]]

    def draw(self) -> None:
        level = self.heading.level
        self.canv.bookmarkHorizontal(self.anchor, 0, self.height)
        if level < 3:
            self.canv.addOutlineEntry(self.words, self.anchor, level=level - 1, closed=level > 1)
        self.part.drawOn(self.canv, 0, 0)


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """One line of the contents; `page` None until the report has been laid out once."""

    text: str
    number: str
    level: int
    anchor: str
    page: int | None = None


class ContentsFlowable(Flowable):
    """Headings with their pages; as high before the pages are known as after."""

    def __init__(self, lines: Sequence[ContentsLine], width: float) -> None:
        super().__init__()
        self.lines, self.width = lines, width
        self.height = sum(self._step(line) for line in lines)

    @staticmethod
    def _step(line: ContentsLine) -> float:
        return 24.0 if line.level == 1 else 15.5

    def draw(self) -> None:
        y = self.height
        for line in self.lines:
            y -= self._step(line)
            self._draw_line(line, y)

    def _draw_line(self, line: ContentsLine, y: float) -> None:
        canvas, main = self.canv, line.level == 1
        font, size = (SEMIBOLD, 11) if main else (REGULAR, 9.6)
        page = "" if line.page is None else str(line.page)
        text = cut(line.text, font, size, self.width - 100)
        canvas.setFont(font, size)
        canvas.setFillColor(ACCENT if main else INK_3)
        canvas.drawString(0, y, line.number)
        canvas.setFillColor(INK if main else INK_2)
        canvas.drawString(56, y, text)
        canvas.drawRightString(self.width, y, page)
        canvas.setStrokeColor(LINE_2)
        canvas.setLineWidth(0.5)
        canvas.setDash([0.6, 3])
        start = 56 + text_width(text, font, size) + 6
        canvas.line(start, y + 2, self.width - text_width(page, font, size) - 6, y + 2)
        canvas.setDash()
        canvas.linkRect("", line.anchor, (0, y - 3, self.width, y + size), relative=1, thickness=0)


class KeyFiguresFlowable(Flowable):
    """Large numbers, four a line, each with its words below."""

    PER_LINE, WITH_NOTE, BARE, GAP = 4, 64.0, 46.0, 8.0

    def __init__(self, items: Sequence[KeyFigure], width: float) -> None:
        super().__init__()
        self.items, self.width = items, width
        self.high = self.WITH_NOTE if any(item.note for item in items) else self.BARE
        lines = -(-len(items) // self.PER_LINE)
        self.height = lines * (self.high + self.GAP) - self.GAP
        self.spaceAfter = 12

    def draw(self) -> None:
        across = (self.width - self.GAP * (self.PER_LINE - 1)) / self.PER_LINE
        for number, item in enumerate(self.items):
            line, column = divmod(number, self.PER_LINE)
            x = column * (across + self.GAP)
            self._draw_item(item, x, self.height - line * (self.high + self.GAP), across)

    def _draw_item(self, item: KeyFigure, x: float, top: float, width: float) -> None:
        canvas, room = self.canv, width - 18
        canvas.setFillColor(ACCENT_SOFT)
        canvas.roundRect(x, top - self.high, width, self.high, 5, stroke=0, fill=1)
        unknown = item.value == NOT_ASSESSED
        size = 14.0 if unknown else 20.0
        while size > 9 and text_width(item.value, BOLD, size) > room:
            size -= 0.5
        canvas.setFillColor(INK_3 if unknown else ACCENT)
        canvas.setFont(BOLD, size)
        canvas.drawString(x + 9, top - 24, cut(item.value, BOLD, size, room))
        canvas.setFillColor(INK)
        canvas.setFont(SEMIBOLD, 8.6)
        canvas.drawString(x + 9, top - 37, cut(item.label, SEMIBOLD, 8.6, room))
        canvas.setFillColor(INK_2)
        canvas.setFont(REGULAR, 7.4)
        for number, words in enumerate(wrapped(item.note, REGULAR, 7.4, room)[:2]):
            canvas.drawString(x + 9, top - 47 - 8.6 * number, words)


class NoteFlowable(Flowable):
    """A remark with a coloured edge, kept whole: for texts of less than a page."""

    PAD = 9.0

    def __init__(self, title: str, text: str, width: float, *, warning: bool = False) -> None:
        super().__init__()
        self.width, self.warning = width, warning
        self.parts = [printed(words, style) for words, style in _note_parts(title, text)]
        self.spaceAfter = 7

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        room = self.width - 2 * self.PAD - 4
        self.height = sum(part.wrap(room, aH)[1] for part in self.parts) + 2 * self.PAD - 3
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFillColor(WARN_SOFT if self.warning else ACCENT_SOFT)
        self.canv.roundRect(0, 0, self.width, self.height, 3, stroke=0, fill=1)
        self.canv.setFillColor(WARN if self.warning else ACCENT)
        self.canv.rect(0, 0, 3, self.height, stroke=0, fill=1)
        y = self.height - self.PAD + 1
        for part in self.parts:
            y -= part.height
            part.drawOn(self.canv, self.PAD + 4, y)


def _note_parts(title: str, text: str) -> list[tuple[str, ParagraphStyle]]:
    return [(title, NOTE_TITLE), *([(text, NOTE_TEXT)] if text else [])]


class GapFlowable(Flowable):
    """Something missing: an open mark, what it is, and why; for texts of less than a page."""

    def __init__(self, what: str, why: str, width: float) -> None:
        super().__init__()
        self.width = width
        self.parts = [printed(words, style) for words, style in _note_parts(what, why)]
        self.spaceAfter = 5

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        self.height = sum(part.wrap(self.width - 20, aH)[1] for part in self.parts) + 5
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setStrokeColor(WARN)
        self.canv.setLineWidth(1.1)
        self.canv.circle(6, self.height - 7, 3.4, stroke=1, fill=0)
        y = self.height
        for part in self.parts:
            y -= part.height
            part.drawOn(self.canv, 20, y)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.5)
        self.canv.line(20, 1, self.width, 1)
