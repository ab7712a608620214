"""Workbook exports of KoboToolbox: submissions on one sheet, a sheet for each repeat.

Their cells are read where every workbook is read, in a child process with limits. A cell whose
value may differ from its display is reported with its place, and the workbook is refused whole.

Source: support.kobotoolbox.org, "Exporting and downloading your data" (XLSX); kobotoolbox/formpack
for the names of sheets, which are cut at 31 letters.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from questionnaires import lazy
from questionnaires.submissions.archives import CUT_OFF, UnpacksToTooMuch, unpack
from questionnaires.submissions.csv_tables import Table, with_numbers
from questionnaires.submissions.entries import CELLS
from questionnaires.submissions.instance import refuse, too_large
from questionnaires.workbook.layout import META
from questionnaires.workbook.reading import BookRefused, RawBook, RawCell, RawSheet, read_book

_LIST_OF_SHEETS, _MOST_OF_IT = "xl/workbook.xml", 4 * 1024**2
_OWN = re.compile(rb"""\bname\s*=\s*["']%s["']""" % META.encode())


def is_book(content: bytes) -> bool:
    """Whether these bytes are a workbook (.xlsx), whatever the file is called."""
    return _sheets_of(content) is not None


def is_own_book(content: bytes) -> bool:
    """Whether this is a workbook that was downloaded here, with its hidden sheets."""
    return bool(_OWN.search(_sheets_of(content) or b""))


def _sheets_of(content: bytes) -> bytes | None:
    """The part that names the sheets, as bytes; None where there is none that can be read."""
    if not content.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return unpack(archive, archive.getinfo(_LIST_OF_SHEETS), _MOST_OF_IT)
    except (KeyError, UnpacksToTooMuch, BookRefused, *CUT_OFF):
        return None


def read_tables(content: bytes, marks: frozenset[str]) -> Mapping[str, Table]:
    """The sheets of an export as tables, each row with the places of its cells (`CELLS`).

    Args:
        marks: headings of which a table of submissions has at least one.

    Raises:
        BookRefused: it cannot be opened, is no export, or a cell is ambiguous.
    """
    try:
        book = read_book(content)
    except BookRefused as refused:
        raise (too_large() if refused.code == "too_large" else refused) from None
    tables = {sheet.name: _table(sheet) for sheet in _filled(book)}
    if not any(marks.intersection(table.headings) for table in tables.values()):
        raise refuse(
            "no_meta",
            "This is not a workbook that was downloaded here, or its hidden sheets are gone.",
            "Download the workbook again and copy your answers into it.",
        )
    return tables


def _filled(book: RawBook) -> list[RawSheet]:
    return [sheet for sheet in book.sheets.values() if sheet.cells]


def _table(sheet: RawSheet) -> Table:
    """The first row that holds something has the headings; a row below it is one entry."""
    first = min(row for row, _ in sheet.cells)
    columns = sorted(column for row, column in sheet.cells if row == first)
    names = with_numbers([sheet.text(first, column).strip() for column in columns])
    headings = dict(zip(columns, names, strict=True))
    rows: dict[int, dict[str, Any]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        _check(sheet, cell, is_headed=column in headings)
        if row > first:
            entry = rows.setdefault(row, {CELLS: {}})
            entry[headings[column]] = cell.text
            place = lazy.xl_utility.xl_rowcol_to_cell(row, column)
            entry[CELLS][headings[column]] = f"{sheet.name}, {place}"
    return Table(tuple(filter(None, names)), tuple(rows.values()))


def _check(sheet: RawSheet, cell: RawCell, *, is_headed: bool) -> None:
    """Refuse cells whose display differs from their value, or that are under no question."""
    if cell.kind == "f":
        raise _fault(
            sheet,
            cell,
            "The cell holds a formula, not an answer.",
            "Write its value: copy the cell, then Paste special, Values.",
        )
    if cell.kind == "e":
        raise _fault(
            sheet, cell, f"The cell holds the error {cell.text}.", "Write the answer itself."
        )
    if (cell.row, cell.column) in sheet.merged:
        raise _fault(
            sheet,
            cell,
            "This cell is merged with others; nobody can tell what it answers.",
            "Undo the merging of cells, and write each answer in its own cell.",
        )
    if not is_headed:
        raise _fault(
            sheet,
            cell,
            "This cell has no heading above it, so that nobody can tell what it answers.",
            "Export it again, and upload it as it comes, not changed in another program.",
        )


def _fault(sheet: RawSheet, cell: RawCell, message: str, advice: str) -> BookRefused:
    column = lazy.xl_utility.xl_col_to_name(cell.column)
    place = f"Sheet “{sheet.name}”, row {cell.row + 1}, column {column}:"
    return refuse("cell_not_told", f"{place} {message}", advice)
