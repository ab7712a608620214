"""Correction workbook: export of faulty rows with comments at their cells, and its re-import."""

from __future__ import annotations

import io
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supply_chain import lazy
from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes, RowProblem
from supply_chain.intake.sheets import Table, read_tables
from supply_chain.intake.value_corrections import Rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook

GUIDE = "Read me"
LIST = "All problems"
ROW_TITLE = "Row in the list"
MAX_CELL_CHARACTERS = 32_767
_GUIDE_HEAD = ("Sheet", "Table of the list")
_STEPS = (
    "Correct the coloured cells. A comment at each of them says what is wrong and what to do.",
    f"Leave the column “{ROW_TITLE}” and the names of the sheets as they are.",
    "Cells of columns that tell of people are left empty here; left so, they stay as they are.",
    "Save the workbook and upload it on the page of the import: its rows take the place of those"
    " of the list. Rows that you delete here stay as they were.",
)
_LIST_HEAD = ("File", "Sheet", "Row", "Column", "Value", "Problem", "What to do")
_FAULTY = {"bg_color": "#f2cb57", "border": 1}
_HEAD = {"bold": True, "bg_color": "#f1eee7"}


@dataclass(frozen=True)
class FaultyRow:
    """A row with its cells as they were read, and what is wrong with it."""

    number: int
    cells: tuple[str, ...]
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True)
class FaultyTable:
    """The faulty rows of one table, in the order of the list."""

    key: str
    header: tuple[str, ...]
    rows: tuple[FaultyRow, ...]
    columns: MappingOf[str, str] = field(default_factory=dict)
    """Our field -> their column, for problems that name our field."""


def write_corrections(tables: Sequence[FaultyTable], problems: Sequence[RowProblem]) -> bytes:
    """The workbook: how to use it, a sheet for each table, and the list of all problems."""
    stream = io.BytesIO()
    # Texts are written as texts alone, so nothing of a list runs as a formula or becomes a link.
    book = lazy.quoted_cells.TextBook(stream, {"in_memory": True})
    sheets = [f"Rows {place}" for place, _ in enumerate(tables, start=1)]
    guide = book.add_worksheet(GUIDE)
    guide.set_column(0, 1, 30)
    for place, line in enumerate(_STEPS):
        guide.write_string(place, 0, line)
    below = len(_STEPS) + 1
    _write_row(guide, below, _GUIDE_HEAD, book.add_format(_HEAD))
    for place, (sheet, table) in enumerate(zip(sheets, tables, strict=True), start=below + 1):
        _write_row(guide, place, (sheet, table.key))
    for sheet, table in zip(sheets, tables, strict=True):
        _write_table(book, sheet, table)
    _write_list(book, problems)
    book.close()
    return stream.getvalue()


def _write_row(sheet: object, row: int, cells: Sequence[str], style: object = None) -> None:
    for place, cell in enumerate(cells):
        sheet.write_string(row, place, cell[:MAX_CELL_CHARACTERS], style)  # type: ignore[attr-defined]


def _write_table(book: Workbook, name: str, table: FaultyTable) -> None:
    sheet = book.add_worksheet(name)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(table.header), 20)
    _write_row(sheet, 0, (ROW_TITLE, *table.header), book.add_format(_HEAD))
    faulty = book.add_format(_FAULTY)
    for at, row in enumerate(table.rows, start=1):
        comments = _comments(row, table)
        cells = (str(row.number), *row.cells)
        for place in range(max(len(cells), max(comments, default=0) + 1)):
            cell = cells[place][:MAX_CELL_CHARACTERS] if place < len(cells) else ""
            if place in comments:
                sheet.write_string(at, place, cell, faulty)
                sheet.write_comment(at, place, comments[place], {"x_scale": 2, "y_scale": 1.5})
            elif cell:
                sheet.write_string(at, place, cell)


def _comments(row: FaultyRow, table: FaultyTable) -> dict[int, str]:
    """Place of a cell -> its problem; a problem of the row is at its number."""
    places = {name: place for place, name in enumerate(table.header, start=1)}
    found: dict[int, list[str]] = {}
    for problem in row.problems:
        column = problem.column or ""
        place = places.get(column) or places.get(table.columns.get(column, ""), 0)
        found.setdefault(place, []).append(f"{problem.problem} {problem.advice}")
    return {place: "\n".join(texts)[:MAX_CELL_CHARACTERS] for place, texts in found.items()}


def _write_list(book: Workbook, problems: Sequence[RowProblem]) -> None:
    sheet = book.add_worksheet(LIST)
    sheet.set_column(0, len(_LIST_HEAD) - 1, 24)
    _write_row(sheet, 0, _LIST_HEAD, book.add_format(_HEAD))
    for at, entry in enumerate(problems, start=1):
        number = "" if entry.row is None else str(entry.row)
        cells = (entry.file, entry.sheet, number, entry.column, entry.value)
        _write_row(sheet, at, [cell or "" for cell in (*cells, entry.problem, entry.advice)])


def read_corrections(file: NamedBytes) -> dict[str, Rows]:
    """The corrected rows of a workbook that `write_corrections` made, by table of the list.

    Raises:
        FileRefused: it cannot be read, or is another workbook.
    """
    sheets = {table.sheet: table for table in read_tables([file]) if table.sheet}
    keys = _table_keys(sheets.get(GUIDE))
    found: dict[str, Rows] = {
        keys[name]: _rows(table, file.name) for name, table in sheets.items() if name in keys
    }
    if not found:
        raise _not_ours(file.name)
    return found


def _table_keys(guide: Table | None) -> dict[str, str]:
    rows = guide.rows if guide else ()
    heads = [place for place, row in enumerate(rows) if row[:2] == _GUIDE_HEAD]
    return {row[0]: row[1] for row in rows[heads[0] + 1 :] if len(row) > 1} if heads else {}


def _rows(table: Table, file: str) -> dict[int, tuple[str, ...]]:
    if not table.rows or table.rows[0][:1] != (ROW_TITLE,):
        raise _not_ours(file)
    corrected: dict[int, tuple[str, ...]] = {}
    for at, row in enumerate(table.rows[1:], start=2):
        number = row[0].strip() if row else ""
        if not number.isdecimal() and any(cell.strip() for cell in row):
            raise FileRefused(
                "no_row_number",
                f"Row {at} of the sheet {table.sheet} in {file} has no number of a row.",
                f"Leave the column “{ROW_TITLE}” as it was; rows cannot be added here.",
            )
        if number:
            corrected[int(number)] = row[1:]
    return corrected


def _not_ours(file: str) -> FileRefused:
    return FileRefused(
        "not_corrections",
        f"{file} is not the workbook of this import's problems.",
        "Download the problems as a workbook, correct them in it, and upload that workbook.",
    )
