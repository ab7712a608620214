"""Page templates: cover, running header and footer."""

from collections.abc import Iterable
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from ddplatform.documents.content import Cover
from ddplatform.documents.paper.styles import (
    ACCENT,
    BOLD,
    INK,
    INK_2,
    INK_3,
    LINE,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    SEMIBOLD,
    SURFACE,
    TEXT_WIDTH,
)
from ddplatform.documents.tables.lines import cut, wrapped
from ddplatform.languages import gettext

PANEL = 336.0
LABEL = 136.0
"""The position of the values that follow a label, from the margin."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The text that the maker of the file prints on every page.

    Args:
        report_id: the id under which the report is kept.
        checksum_line: such as "Facts SHA-256 5b1e…a940, log position 48211".
    """

    report_id: str
    checksum_line: str


def draw_cover(canvas: Canvas, cover: Cover, stamp: Stamp) -> None:
    """The first page: a panel with the title, then what the report covers."""
    draw_panel(canvas, PANEL)
    canvas.setFont(SEMIBOLD, 13)
    canvas.drawString(MARGIN, PAGE_HEIGHT - 84, cut(cover.organisation, SEMIBOLD, 13, TEXT_WIDTH))
    canvas.rect(MARGIN, PAGE_HEIGHT - 104, 46, 3, stroke=0, fill=1)
    y = _draw_lines(canvas, cover.title, (BOLD, 34, 39), PAGE_HEIGHT - 160)
    canvas.setFont(REGULAR, 16)
    canvas.drawString(MARGIN, y - 4, cut(cover.subtitle, REGULAR, 16, TEXT_WIDTH))
    canvas.setFillColor(INK_2)
    y = _draw_lines(canvas, cover.statement, (REGULAR, 11, 15.5), PAGE_HEIGHT - PANEL - 42)
    draw_pairs(canvas, cover.lines, y - 16)
    canvas.setFillColor(INK_3)
    canvas.setFont(REGULAR, 8)
    canvas.drawString(MARGIN, 44, cut(_stamp(stamp), REGULAR, 8, TEXT_WIDTH))


def _draw_lines(canvas: Canvas, text: str, look: tuple[str, float, float], y: float) -> float:
    font, size, leading = look
    canvas.setFont(font, size)
    for line in wrapped(text, font, size, TEXT_WIDTH):
        canvas.drawString(MARGIN, y, line)
        y -= leading
    return y


def draw_panel(canvas: Canvas, height: float) -> None:
    """The coloured head of a first page; what is written next is white."""
    canvas.setFillColor(ACCENT)
    canvas.rect(0, PAGE_HEIGHT - height, PAGE_WIDTH, height, stroke=0, fill=1)
    canvas.setFillColor(SURFACE)


def draw_pairs(canvas: Canvas, pairs: Iterable[tuple[str, str]], y: float) -> float:
    """Labels with their values, one a line with a rule below; returns where the next would be."""
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.6)
    for label, value in pairs:
        canvas.setFillColor(INK_2)
        canvas.setFont(REGULAR, 9.8)
        canvas.drawString(MARGIN, y, cut(label, REGULAR, 9.8, LABEL - 10))
        canvas.setFillColor(INK)
        canvas.setFont(SEMIBOLD, 9.8)
        canvas.drawString(MARGIN + LABEL, y, cut(value, SEMIBOLD, 9.8, TEXT_WIDTH - LABEL))
        canvas.line(MARGIN, y - 7, PAGE_WIDTH - MARGIN, y - 7)
        y -= 22.5
    return y


def draw_running(
    canvas: Canvas,
    cover: Cover,
    stamp: Stamp,
    *,
    page: int,
    pages: int,
    size: tuple[float, float] = (PAGE_WIDTH, PAGE_HEIGHT),
) -> None:
    """Head and foot of every page after the cover; "page x of y" counts the cover."""
    head, foot, right = size[1] - 40, 38, size[0] - MARGIN
    room = right - MARGIN
    canvas.setFillColor(INK_3)
    canvas.setFont(REGULAR, 8)
    canvas.drawString(MARGIN, head, cut(cover.organisation, REGULAR, 8, room / 2 - 8))
    canvas.drawRightString(right, head, cut(cover.title, REGULAR, 8, room / 2 - 8))
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, head - 7, right, head - 7)
    canvas.line(MARGIN, foot + 12, right, foot + 12)
    words = gettext("Page %(page)s of %(pages)s", page=page, pages=pages)
    canvas.drawString(MARGIN, foot, cut(_stamp(stamp), REGULAR, 8, room - 80))
    canvas.drawRightString(right, foot, words)


def _stamp(stamp: Stamp) -> str:
    return f"{stamp.report_id} · {stamp.checksum_line}" if stamp.checksum_line else stamp.report_id
