"""Report figures as vectors: heat map, map by tier, stacked bars."""

from collections.abc import Callable, Mapping

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from ddplatform.documents.content import Bar, ChainMap, HeatMap, StackedBars
from ddplatform.documents.paper.marks import draw_ground, draw_legend, draw_pill
from ddplatform.documents.paper.styles import (
    BAND_FILL,
    BAND_INK,
    BOLD,
    BOTTOM,
    INK,
    INK_2,
    INK_3,
    LINE_2,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    SEMIBOLD,
    SUNKEN,
    SURFACE,
    TOP,
)
from ddplatform.documents.tables.lines import cut, text_width, wrapped
from ddplatform.documents.words import counted
from supply_chain.graph.layout import Measures, Placed, PlacedBox, PlacedLane, PlacedLink, place

LEGEND = 20.0
LABEL_WIDTH = 118.0
HIGHEST = 610.0
WIDE_FROM = 7
"""From so many tiers on a map has a page of its own across, so that its words stay legible."""
WIDE_WIDTH = PAGE_HEIGHT - 2 * MARGIN
WIDE_HEIGHT = PAGE_WIDTH - TOP - BOTTOM - 60.0
"""The room left on a landscape page beside the text above and below a drawing."""


class HeatMapFlowable(Flowable):
    """Counts by severity and likelihood; a cell without a risk is pale."""

    CELL, AXIS = 33.0, 30.0

    def __init__(self, figure: HeatMap, width: float) -> None:
        super().__init__()
        self.figure, self.width = figure, width
        notes = 14.0 if figure.unplaced else 0.0
        self.height = len(figure.counts) * self.CELL + self.AXIS + LEGEND + notes
        self.spaceAfter = 4

    def draw(self) -> None:
        across = (self.width - LABEL_WIDTH) / len(self.figure.column_titles)
        for row, title in enumerate(self.figure.row_titles):
            y = self.height - (row + 1) * self.CELL
            self.canv.setFont(SEMIBOLD, 8.6)
            self.canv.setFillColor(INK)
            self.canv.drawRightString(LABEL_WIDTH - 10, y + self.CELL / 2 - 3, title)
            for column in range(len(self.figure.column_titles)):
                self._draw_cell(row, column, LABEL_WIDTH + column * across, y, across)
        self._draw_axis(across)
        if self.figure.unplaced:
            self.canv.setFont(REGULAR, 8.2)
            self.canv.setFillColor(INK_2)
            self.canv.drawString(LABEL_WIDTH, LEGEND + 1, _unplaced(self.figure.unplaced))
        draw_legend(self.canv, x=LABEL_WIDTH, baseline=5)

    def _draw_cell(self, row: int, column: int, x: float, y: float, width: float) -> None:
        count, band = self.figure.counts[row][column], self.figure.bands[row][column]
        fill = BAND_FILL[band] if count else _pale(BAND_FILL[band])
        self.canv.setFillColor(fill)
        self.canv.roundRect(x, y + 1.5, width - 3, self.CELL - 3, 3, stroke=0, fill=1)
        self.canv.setFillColor(BAND_INK[band] if count else INK_3)
        self.canv.setFont(BOLD if count else REGULAR, 12 if count else 8.5)
        self.canv.drawCentredString(x + (width - 3) / 2, y + self.CELL / 2 - 4, f"{count:,}")

    def _draw_axis(self, across: float) -> None:
        y = self.height - len(self.figure.counts) * self.CELL - 10
        self.canv.setFillColor(INK_2)
        self.canv.setFont(REGULAR, 8.2)
        for column, title in enumerate(self.figure.column_titles):
            x = LABEL_WIDTH + column * across + (across - 3) / 2
            self.canv.drawCentredString(x, y, title)
        self.canv.setFont(SEMIBOLD, 8.2)
        middle = LABEL_WIDTH + (self.width - LABEL_WIDTH) / 2
        self.canv.drawCentredString(middle, y - 11.5, self.figure.axis)


def _unplaced(count: int) -> str:
    return f"{count:,} more without a judged severity or likelihood: not assessed, in no cell."


def _pale(colour: Color) -> Color:
    """The colour mixed into white paper: three parts of four are paper."""
    return Color(*(0.75 + 0.25 * part for part in (colour.red, colour.green, colour.blue)))


class BarsFlowable(Flowable):
    """Stacked bars by band; each fills the line, with its total beside it."""

    STEP, THICK, TOTAL = 24.0, 15.0, 62.0

    def __init__(self, figure: StackedBars, width: float) -> None:
        super().__init__()
        self.figure, self.width = figure, width
        self.height = len(figure.bars) * self.STEP + LEGEND
        self.spaceAfter = 4

    def draw(self) -> None:
        for row, bar in enumerate(self.figure.bars):
            self._draw_bar(bar, self.height - (row + 1) * self.STEP + 5)
        draw_legend(self.canv, x=LABEL_WIDTH, baseline=5)

    def _draw_bar(self, bar: Bar, y: float) -> None:
        total = sum(count for _, count in bar.parts)
        room = self.width - LABEL_WIDTH - self.TOTAL
        self.canv.setFillColor(INK)
        self.canv.setFont(SEMIBOLD, 8.4)
        self.canv.drawString(0, y + 4.2, cut(bar.title, SEMIBOLD, 8.4, LABEL_WIDTH - 8))
        x = LABEL_WIDTH
        for band, count in bar.parts:
            if not count:
                continue
            width = room * count / total
            draw_ground(self.canv, band, x=x, y=y, width=max(width - 1, 0.8), height=self.THICK)
            self._draw_count(f"{count:,}", x, y, width, BAND_INK[band])
            x += width
        self.canv.setFillColor(INK_2)
        self.canv.setFont(REGULAR, 8.2)
        words = counted(total, self.figure.unit) if total else "none known"
        self.canv.drawRightString(self.width, y + 4.2, words)

    def _draw_count(self, words: str, x: float, y: float, width: float, ink: Color) -> None:
        if width > text_width(words, SEMIBOLD, 7.6) + 6:
            self.canv.setFillColor(ink)
            self.canv.setFont(SEMIBOLD, 7.6)
            self.canv.drawCentredString(x + (width - 1) / 2, y + 4.6, words)


class ChainFlowable(Flowable):
    """The map by tier, drawn from `supply_chain.graph.layout` like the page."""

    NARROWEST = 66.0

    def __init__(self, figure: ChainMap, width: float) -> None:
        super().__init__()
        tiers = _tiers(figure)
        gap = 12.0 if is_wide(figure) else 20.0
        self.placed: Placed = place(figure.view, measures=self._measures(tiers, width, gap))
        self.drawn_height = self.placed.height + LEGEND
        highest = WIDE_HEIGHT if is_wide(figure) else HIGHEST
        self.scale = min(1.0, width / self.placed.width, highest / self.drawn_height)
        self.width, self.height = self.placed.width * self.scale, self.drawn_height * self.scale
        self.spaceAfter = 4

    def _measures(self, tiers: int, room: float, gap: float) -> Measures:
        share = (room - 12 - (tiers - 1) * gap) / tiers
        return Measures(
            box_width=min(132.0, max(self.NARROWEST, share)),
            box_height=52.0,
            group_height=52.0,
            lane_gap=gap,
            lane_padding=5.0,
            box_gap=8.0,
            widest_box_gap=14.0,
            head=40.0,
            margin=6.0,
        )

    def draw(self) -> None:
        self.canv.scale(self.scale, self.scale)
        for lane in self.placed.lanes:
            self._draw_lane(lane)
        for link in self.placed.links:
            self._draw_link(link)
        self.canv.setDash()
        for box in self.placed.boxes:
            self._draw_box(box)
        draw_legend(self.canv, x=2, baseline=5)

    def _up(self, y: float) -> float:
        """The layout counts from the top down, paper from the bottom up."""
        return self.drawn_height - y

    def _draw_lane(self, lane: PlacedLane) -> None:
        self.canv.setFillColor(SUNKEN)
        self.canv.roundRect(lane.x, self._up(lane.y + lane.h), lane.w, lane.h, 5, stroke=0, fill=1)
        room = lane.w - 10
        self.canv.setFillColor(INK)
        self.canv.setFont(SEMIBOLD, 7.6)
        self.canv.drawString(
            lane.text_x, self._up(lane.y + 13), cut(lane.lane.title, SEMIBOLD, 7.6, room)
        )
        self.canv.setFillColor(INK_2)
        self.canv.setFont(REGULAR, 7)
        self.canv.drawString(lane.text_x, self._up(lane.y + 23), lane.lane.sub)

    def _draw_link(self, link: PlacedLink) -> None:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = link.curve
        self.canv.setStrokeColor(LINE_2)
        self.canv.setLineWidth(link.width * 0.55)
        self.canv.setDash(*(() if link.link.confirmed else ([3, 2],)))
        self.canv.bezier(x0, self._up(y0), x1, self._up(y1), x2, self._up(y2), x3, self._up(y3))

    def _draw_box(self, placed: PlacedBox) -> None:
        canvas, box, x = self.canv, placed.box, placed.x
        y = self._up(placed.y + placed.h)
        canvas.setLineWidth(0.7)
        canvas.setStrokeColor(INK_3 if box.ghost else LINE_2)
        for step in (4, 2) if box.group else ():
            canvas.setFillColor(SURFACE)
            canvas.roundRect(x + step, y - step, placed.w, placed.h, 4, stroke=1, fill=1)
        canvas.setFillColor(SURFACE)
        canvas.setDash(*(([3, 2],) if box.ghost else ()))
        canvas.roundRect(x, y, placed.w, placed.h, 4, stroke=1, fill=1)
        canvas.setDash()
        canvas.setFillColor(BAND_FILL[box.band])
        canvas.roundRect(x, y + 4, 3.2, placed.h - 8, 1.2, stroke=0, fill=1)
        _draw_box_words(canvas, placed, y)


def _draw_box_words(canvas: Canvas, placed: PlacedBox, y: float) -> None:
    box, x, room = placed.box, placed.x + 8, placed.w - 12
    top = y + placed.h
    title = _at_most(2, box.title, (SEMIBOLD, 7.4), room)
    canvas.setFillColor(INK)
    canvas.setFont(SEMIBOLD, 7.4)
    for number, line in enumerate(title):
        canvas.drawString(x, top - 10.5 - 8.6 * number, line)
    canvas.setFillColor(INK_2)
    canvas.setFont(REGULAR, 6.6)
    below = top - 10.1 - 8.6 * len(title)
    for number, line in enumerate(_at_most(3 - len(title), box.sub, (REGULAR, 6.6), room)):
        canvas.drawString(x, below - 7.6 * number, line)
    draw_pill(canvas, box.band, x=x, baseline=y + 6.5, size=6.4)


def _at_most(count: int, text: str, look: tuple[str, float], room: float) -> list[str]:
    """The first lines of a text; the rest is cut from the last one."""
    lines = wrapped(text, *look, room)
    fitted = [*lines[: count - 1], cut(" ".join(lines[count - 1 :]), *look, room)]
    return [line for line in fitted if line]


DRAWINGS: Mapping[type, Callable[..., Flowable]] = {
    HeatMap: HeatMapFlowable,
    ChainMap: ChainFlowable,
    StackedBars: BarsFlowable,
}


def is_wide(drawing: HeatMap | ChainMap | StackedBars) -> bool:
    """Whether a drawing needs a landscape page."""
    return isinstance(drawing, ChainMap) and _tiers(drawing) >= WIDE_FROM


def _tiers(figure: ChainMap) -> int:
    return max(len({box.tier for box in figure.view.boxes}), 2)


def draw_figure(drawing: HeatMap | ChainMap | StackedBars, *, width: float) -> Flowable:
    """The flowable of a drawing, as wide as the text, or as a page across."""
    room = WIDE_WIDTH if is_wide(drawing) else width
    return DRAWINGS[type(drawing)](drawing, room)
