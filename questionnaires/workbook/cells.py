"""Answer cells: their content for a text, their lists, and their initial values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from questionnaires import lazy
from questionnaires.form.form import Kind, Question
from questionnaires.workbook.layout import BASE, CHOICES, SEVERAL
from questionnaires.workbook.words import BookWords
from questionnaires.xpath.values import NUMBER

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LONGEST_NUMBER = 15  # digits that a spreadsheet program keeps
AS_NUMBER = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
FIRST_YEAR = 1900  # the calendar of spreadsheet programs begins there
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True)
class Cell:
    """The place of an answer, or of one choice of it; no key in a row that waits for an entry."""

    row: int
    column: int
    key: str
    question: Question
    choice: str


class CellWriter:
    """Writes the cells of answers of one book, and at its end what is needed to read them."""

    def __init__(self, book: Any, words: BookWords) -> None:
        self.book, self.words = book, words
        self.lists: dict[tuple[str, ...], str] = {}
        self.base: list[tuple[str, str, str]] = []  # key, text of the cell, question
        fill = {"text_wrap": True, "valign": "top", "locked": False, "border": 1}
        fill |= {"bg_color": "#FFFBE6", "border_color": "#B8B8B8"}
        self.open = book.add_format({**fill, "num_format": "@"})
        self.number = book.add_format({**fill, "align": "left"})
        self.day = book.add_format({**fill, "num_format": "yyyy-mm-dd", "align": "left"})

    def write(
        self, sheet: Worksheet, cell: Cell, raw: str, labels: Mapping[str, str], *, label: str
    ) -> None:
        """Write one cell with its list, and record its content."""
        value = cell_value(cell, raw, labels, self.words)
        place = (cell.row, cell.column)
        if isinstance(value, float):
            sheet.write_number(*place, value, self.number)
        elif isinstance(value, date):
            sheet.write_datetime(*place, value, self.day)
        elif value:
            sheet.write_string(*place, value, self._format(cell.question))
        else:
            sheet.write_blank(*place, None, self._format(cell.question))
        if offered := self._offered(cell, labels):
            rule = {"validate": "list", "source": f"={self._list(offered)}"}
            rule |= {"error_title": self.words.answer, "error_message": self.words.from_list}
            sheet.data_validation(*place, *place, rule)
        if cell.key:
            self.base.append((cell.key, raw, label))

    def _format(self, question: Question) -> Any:
        if question.kind is Kind.DATE:
            return self.day
        return self.number if question.kind in AS_NUMBER else self.open

    def _offered(self, cell: Cell, labels: Mapping[str, str]) -> Sequence[str]:
        kind = cell.question.kind
        if kind is Kind.SELECT_MULTIPLE:
            return (self.words.yes, self.words.no)
        if kind is Kind.SELECT_ONE:
            return tuple(labels.values())
        return (self.words.yes,) if kind is Kind.ACKNOWLEDGE else ()

    def _list(self, offered: Sequence[str]) -> str:
        return self.lists.setdefault(tuple(offered), f"list_{len(self.lists) + 1}")

    def write_lists(self) -> None:
        """The hidden sheets: every list under its name, and what each cell held at first."""
        sheet = self.book.add_worksheet(CHOICES)
        for column, (labels, name) in enumerate(self.lists.items()):
            for row, label in enumerate(labels):
                sheet.write_string(row, column, label)
            first, last = (
                lazy.xl_utility.xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
                for row in (0, len(labels) - 1)
            )
            self.book.define_name(name, f"={CHOICES}!{first}:{last}")
        base = self.book.add_worksheet(BASE)
        for row, cells in enumerate(self.base):
            for column, text in enumerate(cells):
                base.write_string(row, column, text)
        for hidden in (sheet, base):
            hidden.very_hidden()
            hidden.protect()


def cell_value(
    cell: Cell, raw: str, labels: Mapping[str, str], words: BookWords
) -> str | float | date | None:
    """Cell content for a text: the label, a number, a day, or the text as it is."""
    kind = cell.question.kind
    if kind in SEVERAL:
        chosen = raw.split()
        if cell.choice not in chosen:
            return None
        return float(chosen.index(cell.choice) + 1) if kind is Kind.RANK else words.yes
    if kind is Kind.ACKNOWLEDGE:
        return words.yes if raw else None
    if kind in AS_NUMBER and is_number(raw):
        return float(raw)
    if kind is Kind.DATE and _DAY.match(raw):
        return _day(raw)
    return labels.get(raw, raw) or None


def is_number(raw: str) -> bool:
    """Whether a text is a number that a spreadsheet program keeps as it is."""
    return bool(NUMBER.match(raw)) and sum(sign.isdigit() for sign in raw) <= LONGEST_NUMBER


def _day(raw: str) -> date | str:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return raw
    return day if day.year >= FIRST_YEAR else raw
