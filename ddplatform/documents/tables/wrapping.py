"""Cells of a table, wrapped into lines once before drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from ddplatform.documents.content import Cell, Column, Kind, stacked
from ddplatform.documents.paper.marks import pill_width
from ddplatform.documents.paper.styles import REGULAR, SEMIBOLD
from ddplatform.documents.tables.lines import text_width, wrapped
from ddplatform.documents.words import cell_words, small_words

MOST_LINES = 45
"""A row of more lines goes on in a further row, so that each row fits on a page."""

MOST_SMALL_LINES = 20

UNBROKEN = 13
"""Cells up to this many letters, such as dates and "Not assessed", stay on one line."""

WIDEST_WORD = 92.0
"""Longer words, such as checksums, are broken (points)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Font sizes and paddings of a table, in points; `small` is for text under a cell."""

    size: float = 8.3
    leading: float = 10.4
    padding_x: float = 5.5
    padding_y: float = 3.6
    head_size: float = 7.6
    head_leading: float = 9.4
    small_size: float = 6.8
    small_leading: float = 8.4


Lines = tuple[str, ...]


class WrappedCell(NamedTuple):
    """The lines of a cell, and the small ones below them."""

    lines: Lines
    small: Lines = ()


@dataclass(frozen=True, slots=True)
class WrappedTable:
    """All cells of a table as lines, and the offset of each row from the first one.

    `columns` are those that have a width of their own. `tops` has one entry more than there are
    rows; `goes_on` holds the rows that only carry on the row above them; `blank` the cells that
    represent a missing value.
    """

    columns: tuple[Column, ...]
    widths: tuple[float, ...]
    head: tuple[WrappedCell, ...]
    head_height: float
    rows: tuple[tuple[WrappedCell, ...], ...]
    tops: tuple[float, ...]
    goes_on: frozenset[int]
    blank: frozenset[tuple[int, int]]
    setting: Setting


@dataclass(frozen=True, slots=True)
class _Stack:
    """A column, its place among all columns, and those in small print under it."""

    column: Column
    at: int
    under: tuple[Column, ...]
    places: tuple[int, ...]

    def small(self, row: Sequence[Cell]) -> str:
        return small_words([row[place] for place in self.places], self.under)


def wrap_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    width: float,
    setting: Setting | None = None,
) -> WrappedTable:
    """Break every cell into lines once, for a table of the given width in points."""
    look = setting or Setting()
    stacks = [
        _Stack(columns[at], at, tuple(columns[place] for place in places), places)
        for at, places in stacked(columns, rows)
    ]
    widths = _widths(stacks, rows, width, look)
    rooms = [width - 2 * look.padding_x for width in widths]
    lines: list[tuple[WrappedCell, ...]] = []
    tops, goes_on, blank = [0.0], set(), set()
    for row in rows:
        for number, piece in enumerate(_pieces(_cells(row, stacks, rooms, look=look))):
            if number:
                goes_on.add(len(lines))
            else:
                blank |= {
                    (len(lines), i) for i, one in enumerate(stacks) if row[one.at] in (None, "")
                }
            lines.append(piece)
            tops.append(tops[-1] + max(height_of(cell, look) for cell in piece))
    head = tuple(_head(one, room, look) for one, room in zip(stacks, rooms, strict=True))
    return WrappedTable(
        columns=tuple(one.column for one in stacks),
        widths=widths,
        head=head,
        head_height=max(
            len(cell.lines) * look.head_leading + len(cell.small) * look.small_leading
            for cell in head
        )
        + 2 * look.padding_y,
        rows=tuple(lines),
        tops=tuple(tops),
        goes_on=frozenset(goes_on),
        blank=frozenset(blank),
        setting=look,
    )


def height_of(cell: WrappedCell, look: Setting) -> float:
    """Height of a cell with its paddings, in points."""
    below = len(cell.small) * look.small_leading
    return len(cell.lines) * look.leading + below + 2 * look.padding_y


def _cells(
    row: Sequence[Cell], stacks: Sequence[_Stack], rooms: Sequence[float], *, look: Setting
) -> list[WrappedCell]:
    cells = []
    for one, room in zip(stacks, rooms, strict=True):
        lines = wrapped(cell_words(row[one.at], one.column), REGULAR, look.size, room)
        small = _small(one.small(row), room, look) if one.places else ()
        cells.append(WrappedCell(lines, small))
    return cells


def _small(words: str, room: float, look: Setting) -> Lines:
    return wrapped(words, REGULAR, look.small_size, room) if words else ()


def _head(one: _Stack, room: float, look: Setting) -> WrappedCell:
    lines = wrapped(one.column.title, SEMIBOLD, look.head_size, room)
    return WrappedCell(lines, _small(" · ".join(c.title for c in one.under), room, look))


def _pieces(cells: Sequence[WrappedCell]) -> Iterable[tuple[WrappedCell, ...]]:
    if all(len(cell.lines) <= MOST_LINES for cell in cells) and not any(
        len(cell.small) > MOST_SMALL_LINES for cell in cells
    ):
        return (tuple(cells),)  # nearly every row
    return zip_longest(*map(_pieces_of, cells), fillvalue=WrappedCell(()))


def _pieces_of(cell: WrappedCell) -> list[WrappedCell]:
    """A cell in parts that fit on a page; its small lines begin in the last part."""
    lines = [cell.lines[at : at + MOST_LINES] for at in range(0, len(cell.lines), MOST_LINES)]
    small = [
        cell.small[at : at + MOST_SMALL_LINES] for at in range(0, len(cell.small), MOST_SMALL_LINES)
    ] or [()]
    first = [WrappedCell(part) for part in lines[:-1]]
    last = [WrappedCell((), part) for part in small[1:]]
    return [*first, WrappedCell(lines[-1], small[0]), *last]


def _widths(
    stacks: Sequence[_Stack], rows: Sequence[Sequence[Cell]], width: float, look: Setting
) -> tuple[float, ...]:
    """Share the width out by weight, but no column narrower than what it must not break."""
    least = [_least(one, rows, look) for one in stacks]
    if sum(least) >= width:
        return _cut(least, width)
    fixed: set[int] = set()
    while True:
        weight = sum(one.column.width for i, one in enumerate(stacks) if i not in fixed)
        room = width - sum(least[i] for i in fixed)
        shares = [
            least[i] if i in fixed else room * one.column.width / weight
            for i, one in enumerate(stacks)
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


def _least(one: _Stack, rows: Sequence[Sequence[Cell]], look: Setting) -> float:
    """The widest of: a word of the title, a pill, a date or number, a word of a cell."""
    titles = _widths_of(one.column.title.split(), SEMIBOLD, look.head_size)
    small_titles = [word for column in one.under for word in column.title.split()]
    widest = max([*titles, *_widths_of(small_titles, REGULAR, look.small_size)])
    if one.column.kind is Kind.BAND:
        widest = max(widest, pill_width(None, look.size - 0.8))
    words = (cell_words(cell, one.column) for cell in {row[one.at] for row in rows})
    widest = max([widest, *_widths_of(_longest_units(words), REGULAR, look.size)])
    if one.places:
        small = {one.small(row) for row in rows}
        widest = max([widest, *_widths_of(_longest_units(small), REGULAR, look.small_size)])
    return min(widest, WIDEST_WORD) + 2 * look.padding_x + 0.5


def _longest_units(cells: Iterable[str]) -> list[str]:
    """Unbreakable units: short cells as a whole, the words of longer ones."""
    units: set[str] = set()
    for words in cells:
        units |= {words} if len(words) <= UNBROKEN else set(words.split())
    return sorted(sorted(units), key=len)[-20:]


def _widths_of(words: Sequence[str], font: str, size: float) -> list[float]:
    return [text_width(word, font, size) for word in words]
