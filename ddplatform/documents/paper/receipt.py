"""The receipt of a submitted questionnaire: one page for the respondent."""

from dataclasses import dataclass
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from ddplatform.documents.paper.scripts import canvas_class, writing
from ddplatform.documents.paper.sheets import draw_pairs, draw_panel
from ddplatform.documents.paper.styles import (
    ACCENT,
    ACCENT_SOFT,
    BOLD,
    INK,
    INK_3,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    SEMIBOLD,
    TEXT_WIDTH,
    register_fonts,
)
from ddplatform.documents.tables.lines import cut, wrapped
from ddplatform.languages import gettext

PANEL = 150.0
MOST_LINES_SENT, MOST_STEPS = 12, 6


@dataclass(frozen=True, slots=True)
class Receipt:
    """The content of a receipt.

    Args:
        number: the number under which the answers can be asked for.
        submitted: day and time in words, with the time zone.
        sent: label and value of what was sent, such as ("Answers", "42 of 45"); the first
            twelve are printed.
        next_steps: what happens now, one sentence each; the first six are printed.
        language: BCP 47 tag of the words.
    """

    number: str
    submitted: str
    questionnaire: str
    respondent: str
    requester: str
    sent: tuple[tuple[str, str], ...]
    next_steps: tuple[str, ...]
    language: str = "en-GB"


def render_receipt(receipt: Receipt) -> bytes:
    """Draw the receipt as a PDF of one page; equal receipts give equal bytes."""
    register_fonts()
    with writing(receipt.language):
        return _render(receipt)


def _render(receipt: Receipt) -> bytes:
    buffer = BytesIO()
    size = (PAGE_WIDTH, PAGE_HEIGHT)
    canvas = canvas_class()(buffer, pagesize=size, invariant=1, lang=receipt.language)
    canvas.setTitle(f"Receipt {receipt.number}")
    canvas.setAuthor(receipt.requester)
    canvas.setSubject(receipt.questionnaire)
    canvas.setCreator("ddplatform")
    _draw_panel(canvas, receipt)
    y = draw_pairs(canvas, _who(receipt), PAGE_HEIGHT - PANEL - 44)
    y = _draw_title(canvas, gettext("What was sent"), y - 14)
    y = draw_pairs(canvas, receipt.sent[:MOST_LINES_SENT], y)
    y = _draw_title(canvas, gettext("What happens next"), y - 14)
    _draw_steps(canvas, receipt.next_steps[:MOST_STEPS], y)
    canvas.setFillColor(INK_3)
    canvas.setFont(REGULAR, 8)
    canvas.drawString(MARGIN, 40, gettext("Keep this page. It holds none of the answers."))
    canvas.drawRightString(PAGE_WIDTH - MARGIN, 40, gettext("Page 1 of 1"))
    canvas.save()
    return buffer.getvalue()


def _who(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Sent on"), receipt.submitted),
        (gettext("Questionnaire"), receipt.questionnaire),
        (gettext("Answered by"), receipt.respondent),
        (gettext("Sent to"), receipt.requester),
    )


def _draw_panel(canvas: Canvas, receipt: Receipt) -> None:
    draw_panel(canvas, PANEL)
    canvas.setFont(REGULAR, 12)
    canvas.drawString(
        MARGIN, PAGE_HEIGHT - 66, gettext("Your answers have arrived. Receipt number")
    )
    number = cut(receipt.number, BOLD, 30, TEXT_WIDTH)
    canvas.setFont(BOLD, 30)
    canvas.drawString(MARGIN, PAGE_HEIGHT - 104, number)


def _draw_title(canvas: Canvas, title: str, y: float) -> float:
    canvas.setFillColor(ACCENT)
    canvas.setFont(BOLD, 14)
    canvas.drawString(MARGIN, y, title)
    return y - 24


def _draw_steps(canvas: Canvas, steps: tuple[str, ...], y: float) -> None:
    for number, step in enumerate(steps, start=1):
        canvas.setFillColor(ACCENT_SOFT)
        canvas.circle(MARGIN + 8, y + 3.4, 8.5, stroke=0, fill=1)
        canvas.setFillColor(ACCENT)
        canvas.setFont(SEMIBOLD, 9)
        canvas.drawCentredString(MARGIN + 8, y + 0.4, str(number))
        canvas.setFillColor(INK)
        canvas.setFont(REGULAR, 10)
        for line in wrapped(step, REGULAR, 10, TEXT_WIDTH - 28)[:3]:
            canvas.drawString(MARGIN + 28, y, line)
            y -= 14
        y -= 8
