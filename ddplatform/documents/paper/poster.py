"""A poster of one page with an address as a QR code, to be put up where people live and work."""

from dataclasses import dataclass
from io import BytesIO

import segno
from reportlab.pdfgen.canvas import Canvas

from ddplatform.documents.paper.scripts import canvas_class, writing
from ddplatform.documents.paper.sheets import draw_panel
from ddplatform.documents.paper.styles import (
    BOLD,
    INK,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    SEMIBOLD,
    TEXT_WIDTH,
    register_fonts,
)
from ddplatform.documents.tables.lines import wrapped

PANEL, CODE, QUIET = 190.0, 240.0, 4
"""Heights of the panel and of the code in points, and modules of its quiet zone."""
TITLE, TEXT = (BOLD, 30.0, 36.0), (REGULAR, 15.0, 21.0)


@dataclass(frozen=True, slots=True)
class Poster:
    """The content of a poster.

    Args:
        address: what the code opens; it stands below it in letters too.
        lines: sentences below the code, each on lines of its own.
        language: BCP 47 tag of the words.
    """

    title: str
    organisation: str
    address: str
    lines: tuple[str, ...]
    language: str


def render_poster(poster: Poster) -> bytes:
    """Draw the poster as a PDF of one page; equal posters give equal bytes."""
    register_fonts()
    with writing(poster.language):
        return _render(poster)


def _render(poster: Poster) -> bytes:
    buffer = BytesIO()
    size = (PAGE_WIDTH, PAGE_HEIGHT)
    canvas = canvas_class()(buffer, pagesize=size, invariant=1, lang=poster.language)
    canvas.setTitle(poster.title)
    canvas.setAuthor(poster.organisation)
    canvas.setCreator("ddplatform")
    draw_panel(canvas, PANEL)
    y = _draw_lines(canvas, poster.title, TITLE, PAGE_HEIGHT - 80)
    canvas.setFont(SEMIBOLD, 14)
    canvas.drawString(MARGIN, y - 6, poster.organisation)
    top = PAGE_HEIGHT - PANEL - 36
    _draw_code(canvas, poster.address, top - CODE)
    canvas.setFillColor(INK)
    canvas.setFont(SEMIBOLD, 12)
    canvas.drawCentredString(PAGE_WIDTH / 2, top - CODE - 20, poster.address)
    y = top - CODE - 60
    for line in poster.lines:
        y = _draw_lines(canvas, line, TEXT, y) - 8
    canvas.save()
    return buffer.getvalue()


def _draw_code(canvas: Canvas, text: str, bottom: float) -> None:
    """The code in the middle of the page. A path is never mirrored, as a turned page would be."""
    matrix = segno.make_qr(text, error="m").matrix
    module = CODE / (len(matrix) + 2 * QUIET)
    left = (PAGE_WIDTH - CODE) / 2
    path = canvas.beginPath()
    for down, row in enumerate(matrix, start=QUIET + 1):
        for across, is_dark in enumerate(row, start=QUIET):
            if is_dark:
                path.rect(left + across * module, bottom + CODE - down * module, module, module)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_lines(canvas: Canvas, text: str, style: tuple[str, float, float], y: float) -> float:
    font, size, leading = style
    canvas.setFont(font, size)
    for line in wrapped(text, font, size, TEXT_WIDTH):
        canvas.drawString(MARGIN, y, line)
        y -= leading
    return y
