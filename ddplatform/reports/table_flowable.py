"""A table that stays fast at ten thousand rows: cells wrapped once, one text object a page.

ReportLab's own LongTable measures and copies the rest of its rows at each page break; here a
part of the table is a range of rows over the same wrapped cells.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from ddplatform.reports.content import Align, Cell, Column, Kind
from ddplatform.reports.marks import draw_pill, pill_width
from ddplatform.reports.styles import (
    ACCENT,
    INK,
    INK_2,
    INK_3,
    LINE,
    REGULAR,
    SEMIBOLD,
    SUNKEN,
)
from ddplatform.reports.text_lines import text_width, wrapped
from ddplatform.reports.words import band_of, cell_words

MOST_LINES = 45
"""A row of more lines goes on in a further row, so that each row fits on a page."""

UNBROKEN = 13
"""Cells up to this many letters, such as dates and "Not assessed", stay on one line."""

WIDEST_WORD = 92.0
"""Longer words, such as checksums, are broken (points)."""

HIGH_ROWS = 240.0
"""Two rows higher than this together need not stay on one page (points)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Letter sizes and paddings of a table, in points."""

    size: float = 8.3
    leading: float = 10.4
    padding_x: float = 5.5
    padding_y: float = 3.6
    head_size: float = 7.6
    head_leading: float = 9.4


Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrappedTable:
    """All cells of a table as lines, and how far each row stands below the first one.

    `tops` has one entry more than there are rows; `goes_on` holds the rows that only carry on
    the row above them; `blank` the cells that stand for a missing value.
    """

    columns: tuple[Column, ...]
    widths: tuple[float, ...]
    head: tuple[Line, ...]
    head_height: float
    rows: tuple[tuple[Line, ...], ...]
    tops: tuple[float, ...]
    goes_on: frozenset[int]
    blank: frozenset[tuple[int, int]]
    setting: Setting


def wrap_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    width: float,
    setting: Setting | None = None,
) -> WrappedTable:
    """Break every cell into lines once, for a table of the given width in points."""
    look = setting or Setting()
    widths = _widths(columns, rows, width, look)
    inner = [each - 2 * look.padding_x for each in widths]
    lines: list[tuple[Line, ...]] = []
    tops, goes_on, blank = [0.0], set(), set()
    for row in rows:
        cells = tuple(
            wrapped(cell_words(cell, column), REGULAR, look.size, room)
            for cell, column, room in zip(row, columns, inner, strict=True)
        )
        for number, piece in enumerate(_pieces(cells)):
            if number:
                goes_on.add(len(lines))
            else:
                blank |= {(len(lines), i) for i, cell in enumerate(row) if cell in (None, "")}
            lines.append(piece)
            tall = max(len(cell) for cell in piece) * look.leading + 2 * look.padding_y
            tops.append(tops[-1] + tall)
    head = tuple(
        wrapped(column.title, SEMIBOLD, look.head_size, room)
        for column, room in zip(columns, inner, strict=True)
    )
    return WrappedTable(
        columns=tuple(columns),
        widths=widths,
        head=head,
        head_height=max(map(len, head)) * look.head_leading + 2 * look.padding_y,
        rows=tuple(lines),
        tops=tuple(tops),
        goes_on=frozenset(goes_on),
        blank=frozenset(blank),
        setting=look,
    )


def _pieces(cells: tuple[Line, ...]) -> Iterator[tuple[Line, ...]]:
    tallest = max(map(len, cells))
    for start in range(0, tallest, MOST_LINES):
        yield tuple(cell[start : start + MOST_LINES] for cell in cells)


def _widths(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: float, look: Setting
) -> tuple[float, ...]:
    """Share the width out by weight, but no column narrower than what it must not break."""
    least = [
        _least(column, {row[number] for row in rows}, look) for number, column in enumerate(columns)
    ]
    if sum(least) >= width:
        return _cut(least, width)
    fixed: set[int] = set()
    while True:
        weight = sum(c.width for i, c in enumerate(columns) if i not in fixed)
        room = width - sum(least[i] for i in fixed)
        shares = [
            least[i] if i in fixed else room * column.width / weight
            for i, column in enumerate(columns)
        ]
        narrow = {i for i, share in enumerate(shares) if i not in fixed and share < least[i]}
        if not narrow:
            return tuple(shares)
        fixed |= narrow


def _cut(least: Sequence[float], width: float) -> tuple[float, ...]:
    """Take what is missing from the widest columns alone, so that the others break no word."""
    room, left, most = width, len(least), width
    for each in sorted(least):
        most = room / left
        if each >= most:
            break
        room, left = room - each, left - 1
    return tuple(min(each, most) for each in least)


def _least(column: Column, cells: set[Cell], look: Setting) -> float:
    """The widest of: a word of the title, a pill, a date or number, a word of a cell."""
    widest = max(text_width(word, SEMIBOLD, look.head_size) for word in column.title.split())
    if column.kind is Kind.BAND:
        widest = max(widest, pill_width(None, look.size - 0.8))
    units: set[str] = set()
    for cell in cells:
        words = cell_words(cell, column)
        units |= {words} if len(words) <= UNBROKEN else set(words.split())
    longest = sorted(units, key=len)[-20:]
    widest = max([widest, *(text_width(unit, REGULAR, look.size) for unit in longest)])
    return min(widest, WIDEST_WORD) + 2 * look.padding_x + 0.5


class SketchCanvas(Canvas):
    """The canvas of a run that only learns what stands on which page: tables stay empty."""


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
        """What must fit on a page for the table to begin there: its head and first rows."""
        tops = self.table.tops
        return self.table.head_height + tops[self._least_end()] - tops[self.first]

    def _least_end(self) -> int:
        """End of the fewest rows that may stand alone: two, or one where they are high."""
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
        text = canvas.beginText()
        text.setFont(SEMIBOLD, look.head_size)
        text.setFillColor(INK_2)
        left = 0.0
        for column, width, lines in zip(table.columns, table.widths, table.head, strict=True):
            y = bottom + look.padding_y + (len(lines) - 1) * look.head_leading + 2.2
            for line in lines:
                shift = _shift(column, line, SEMIBOLD, look.head_size, width - 2 * look.padding_x)
                text.setTextOrigin(left + look.padding_x + shift, y)
                text.textOut(line)
                y -= look.head_leading
            left += width
        canvas.drawText(text)

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
        lift = look.padding_y + look.size * 0.86
        left = look.padding_x
        for number, (column, width) in enumerate(zip(table.columns, table.widths, strict=True)):
            if column.kind is Kind.BAND:
                self._draw_bands(number, left, below)
                left += width
                continue
            text.setFillColor(INK)
            for row in range(self.first, self.last):
                missing = (row, number) in table.blank
                if missing:
                    text.setFillColor(INK_3)
                y = below - table.tops[row] - lift
                for line in table.rows[row][number]:
                    shift = _shift(column, line, REGULAR, look.size, width - 2 * look.padding_x)
                    text.setTextOrigin(left + shift, y)
                    text.textOut(line)
                    y -= look.leading
                if missing:
                    text.setFillColor(INK)
            left += width
        self.canv.drawText(text)

    def _draw_bands(self, column: int, left: float, below: float) -> None:
        table, look = self.table, self.table.setting
        for row in range(self.first, self.last):
            words = " ".join(table.rows[row][column])
            if words:
                baseline = below - table.tops[row] - look.padding_y - look.size * 0.86
                band = band_of(words.lower())
                draw_pill(self.canv, band, x=left, baseline=baseline, size=look.size - 0.8)


def _shift(column: Column, line: str, font: str, size: float, room: float) -> float:
    return room - text_width(line, font, size) if column.align is Align.RIGHT else 0.0
