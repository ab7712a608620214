"""Risk bands on paper: colour, mark and word together (ring, half, dot, diamond, hatching)."""

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from ddplatform.documents.paper.styles import BAND_FILL, BAND_INK, LINE_2, SEMIBOLD
from ddplatform.documents.tables.lines import text_width
from ddplatform.documents.words import BAND_WORDS
from supply_chain.vocabulary import RiskBand

PILL_PADDING = 4.0
MARK_ROOM = 8.5


def draw_mark(canvas: Canvas, band: RiskBand | None, *, x: float, y: float, size: float) -> None:
    """Draw the mark of a band around the point x, y in the ink of that band."""
    radius = size / 2
    canvas.setStrokeColor(BAND_INK[band])
    canvas.setFillColor(BAND_INK[band])
    canvas.setLineWidth(size / 6)
    if band is RiskBand.CRITICAL:
        _diamond(canvas, x, y, radius * 1.15)
    elif band is RiskBand.HIGH:
        canvas.circle(x, y, radius, stroke=0, fill=1)
    elif band is RiskBand.MEDIUM:
        canvas.circle(x, y, radius * 0.9, stroke=1, fill=0)
        canvas.wedge(x - radius, y - radius, x + radius, y + radius, 90, 180, stroke=0, fill=1)
    elif band is RiskBand.LOW:
        canvas.circle(x, y, radius * 0.9, stroke=1, fill=0)
    else:
        canvas.line(x - radius, y, x + radius, y)


def _diamond(canvas: Canvas, x: float, y: float, reach: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x, y + reach)
    path.lineTo(x + reach, y)
    path.lineTo(x, y - reach)
    path.lineTo(x - reach, y)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def pill_width(band: RiskBand | None, size: float) -> float:
    """Width of a band's pill at a letter size."""
    word = text_width(BAND_WORDS[band], SEMIBOLD, size)
    return 2 * PILL_PADDING + MARK_ROOM * size / 8 + word


def draw_pill(
    canvas: Canvas, band: RiskBand | None, *, x: float, baseline: float, size: float
) -> float:
    """Draw colour, mark and word of a band from x on; returns the width used."""
    width, mark = pill_width(band, size), MARK_ROOM * size / 8
    draw_ground(canvas, band, x=x, y=baseline - size * 0.36, width=width, height=size * 1.42)
    draw_mark(
        canvas, band, x=x + PILL_PADDING + mark * 0.35, y=baseline + size * 0.33, size=size * 0.62
    )
    canvas.setFillColor(BAND_INK[band])
    canvas.setFont(SEMIBOLD, size)
    canvas.drawString(x + PILL_PADDING + mark, baseline, BAND_WORDS[band])
    return width


def draw_ground(
    canvas: Canvas, band: RiskBand | None, *, x: float, y: float, width: float, height: float
) -> None:
    """Fill a rectangle with the colour of a band; "not assessed" is hatched."""
    canvas.setFillColor(BAND_FILL[band])
    canvas.roundRect(x, y, width, height, 2, stroke=0, fill=1)
    if band is None:
        draw_hatching(canvas, x=x, y=y, width=width, height=height, colour=LINE_2)


def draw_hatching(
    canvas: Canvas, *, x: float, y: float, width: float, height: float, colour: Color
) -> None:
    """Thin slanted lines inside a rectangle."""
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(x, y, width, height)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(0.6)
    steps = int((width + height) / 4) + 1
    canvas.lines([(x + 4 * i - height, y, x + 4 * i, y + height) for i in range(steps)])
    canvas.restoreState()


def draw_legend(canvas: Canvas, *, x: float, baseline: float, size: float = 7.0) -> None:
    """All bands in one line, worst first."""
    for band in BAND_FILL:
        x += draw_pill(canvas, band, x=x, baseline=baseline, size=size) + 6
