"""A printed table for ten thousand rows: cells wrapped once, one text object per page.

ReportLab's own LongTable measures and copies the rest of its rows at each page break; here a
part of the table is a range of rows over the same wrapped cells.
"""

from bisect import bisect_right
from itertools import product

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable

from ddplatform.documents.content import Align, Column, Kind
from ddplatform.documents.paper.marks import draw_pill
from ddplatform.documents.paper.styles import (
    ACCENT,
    INK,
    INK_2,
    INK_3,
    LINE,
    REGULAR,
    SEMIBOLD,
    SUNKEN,
)
from ddplatform.documents.tables.lines import text_width
from ddplatform.documents.tables.wrapping import Lines, WrappedTable
from ddplatform.documents.words import band_of

HIGH_ROWS = 240.0
"""Two rows higher than this together need not stay on one page (points)."""


class SketchCanvas(Canvas):
    """The canvas of a run that only determines page content: tables stay empty."""


class TableFlowable(Flowable):
    """The rows `first` to `last` (not included) of a wrapped table, under its head."""

    def __init__(self, table: WrappedTable, first: int = 0, last: int | None = None) -> None:
        super().__init__()
        self.table, self.first = table, first
        self.last = len(table.rows) if last is None else last
        self.spaceAfter = 10

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        tops = self.table.tops
        self.width = sum(self.table.widths)
        self.height = self.table.head_height + tops[self.last] - tops[self.first]
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        """Two parts over the same cells; none where fewer than two rows would stay."""
        tops = self.table.tops
        room = tops[self.first] + aH - self.table.head_height
        end = min(bisect_right(tops, room) - 1, self.last)
        if end >= self.last:
            return [self]
        if end < self._least_end():
            return []
        if self.last - end == 1 and end - self.first > 2:
            end -= 1
        return [
            TableFlowable(self.table, self.first, end),
            TableFlowable(self.table, end, self.last),
        ]

    def minimum_height(self) -> float:
        """The minimum space for the table to begin on a page: its header and first rows."""
        tops = self.table.tops
        return self.table.head_height + tops[self._least_end()] - tops[self.first]

    def _least_end(self) -> int:
        """End of the fewest rows that may be alone: two, or one where they are high."""
        two = min(self.first + 2, self.last)
        high = self.table.tops[two] - self.table.tops[self.first] > HIGH_ROWS
        return self.first + 1 if high else two

    def draw(self) -> None:
        if isinstance(self.canv, SketchCanvas):
            return
        self._draw_head()
        self._draw_rules()
        self._draw_cells()

    def _draw_head(self) -> None:
        table, look, canvas = self.table, self.table.setting, self.canv
        bottom = self.height - table.head_height
        canvas.setFillColor(SUNKEN)
        canvas.rect(0, bottom, self.width, table.head_height, stroke=0, fill=1)
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(0.9)
        canvas.line(0, bottom, self.width, bottom)
        lift = self.height - look.padding_y - look.head_size * 0.86
        self._draw_head_lines(lift)

    def _draw_head_lines(self, top: float) -> None:
        table, look = self.table, self.table.setting
        text = self.canv.beginText()
        text.setFont(SEMIBOLD, look.head_size)
        text.setFillColor(INK_2)
        pen = _Pen(text, SEMIBOLD, look.head_size, look.head_leading)
        small = _Pen(text, REGULAR, look.small_size, look.small_leading)
        for column, (left, room), cell in zip(
            table.columns, self._rooms(), table.head, strict=True
        ):
            pen.write(cell.lines, column, left=left, room=room, top=top)
        text.setFont(REGULAR, look.small_size)
        for column, (left, room), cell in zip(
            table.columns, self._rooms(), table.head, strict=True
        ):
            below = top - len(cell.lines) * look.head_leading + 1
            small.write(cell.small, column, left=left, room=room, top=below)
        self.canv.drawText(text)

    def _rooms(self) -> list[tuple[float, float]]:
        """The left edge and the width of each column's text."""
        padding, left, rooms = self.table.setting.padding_x, 0.0, []
        for width in self.table.widths:
            rooms.append((left + padding, width - 2 * padding))
            left += width
        return rooms

    def _draw_rules(self) -> None:
        below = self.height - self.table.head_height + self.table.tops[self.first]
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.5)
        rules = [
            (0, below - self.table.tops[row], self.width, below - self.table.tops[row])
            for row in range(self.first + 1, self.last + 1)
            if row not in self.table.goes_on
        ]
        self.canv.lines(rules)

    def _draw_cells(self) -> None:
        table, look = self.table, self.table.setting
        below = self.height - table.head_height + table.tops[self.first]
        text = self.canv.beginText()
        text.setFont(REGULAR, look.size)
        pen = _Pen(text, REGULAR, look.size, look.leading)
        lift = look.padding_y + look.size * 0.86
        for number, (left, room) in enumerate(self._rooms()):
            column = table.columns[number]
            if column.kind is Kind.BAND:
                self._draw_bands(number, left, below)
                continue
            text.setFillColor(INK)
            for row in range(self.first, self.last):
                missing = (row, number) in table.blank
                if missing:
                    text.setFillColor(INK_3)
                lines = table.rows[row][number].lines
                pen.write(lines, column, left=left, room=room, top=below - table.tops[row] - lift)
                if missing:
                    text.setFillColor(INK)
        self._draw_small(text, below - look.padding_y - look.small_size * 0.86)
        self.canv.drawText(text)

    def _draw_small(self, text: PDFTextObject, below: float) -> None:
        """The small print under the cells."""
        table, look = self.table, self.table.setting
        text.setFont(REGULAR, look.small_size)
        text.setFillColor(INK_3)
        pen = _Pen(text, REGULAR, look.small_size, look.small_leading)
        rooms = self._rooms()
        for number, row in product(range(len(rooms)), range(self.first, self.last)):
            cell = table.rows[row][number]
            if cell.small:
                left, room = rooms[number]
                top = below - table.tops[row] - len(cell.lines) * look.leading
                pen.write(cell.small, table.columns[number], left=left, room=room, top=top)

    def _draw_bands(self, column: int, left: float, below: float) -> None:
        table, look = self.table, self.table.setting
        for row in range(self.first, self.last):
            words = " ".join(table.rows[row][column].lines)
            if words:
                baseline = below - table.tops[row] - look.padding_y - look.size * 0.86
                band = band_of(words.lower())
                draw_pill(self.canv, band, x=left, baseline=baseline, size=look.size - 0.8)


class _Pen:
    """Writes lines of one font and size into a text object."""

    def __init__(self, text: PDFTextObject, font: str, size: float, leading: float) -> None:
        self.text, self.font, self.size, self.leading = text, font, size, leading

    def write(self, lines: Lines, column: Column, *, left: float, room: float, top: float) -> None:
        """Lines from `top` down, flush with the side that the column names."""
        for line in lines:
            shift = 0.0
            if column.align is Align.RIGHT:
                shift = room - text_width(line, self.font, self.size)
            self.text.setTextOrigin(left + shift, top)
            self.text.textOut(line)
            top -= self.leading
