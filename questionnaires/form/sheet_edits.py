"""Small edits of an XLSForm: words, required, order. Everything else in it stays as it is."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from questionnaires.errors import QuestionnaireError
from questionnaires.form.export import write_workbook
from questionnaires.form.sheets import Row, Sheets, begins, canonical, cell, ends, read_sheets

EDITABLE = ("label", "hint", "required_message", "constraint_message")
REQUIRED = "required"
SURVEY = "survey"


class EditRefused(QuestionnaireError):
    """A change that cannot be made: no such question, or nowhere to move it."""


def texts_of(data: bytes, file_type: str, name: str) -> dict[str, str]:
    """The texts of a question that can be changed, by heading as written, and `required`."""
    sheets = read_sheets(data, file_type)
    row = _rows(sheets)[_find(sheets, name)]
    headings = [h for h in sheets.headings(SURVEY) if canonical(h) in EDITABLE]
    texts = {heading: str(row.get(heading) or "") for heading in headings}
    return {**texts, REQUIRED: cell(row, REQUIRED)}


def change_row(data: bytes, file_type: str, name: str, texts: Mapping[str, str]) -> bytes:
    """Write other texts for one question.

    Args:
        data: the form.
        file_type: `.xlsx .xls .csv .md`.
        name: of the question, as in the column `name`.
        texts: heading -> text, as `texts_of` names them; blank empties the cell.

    Returns:
        The form as an .xlsx workbook.

    Raises:
        EditRefused: no such question.
    """
    sheets = read_sheets(data, file_type)
    row = _rows(sheets)[_find(sheets, name)]
    for heading, text in texts.items():
        own = heading if heading != REQUIRED else _required_heading(sheets)
        if canonical(own) in (*EDITABLE, REQUIRED):
            row[own] = text.strip()
    return write_workbook(sheets.book)


def _required_heading(sheets: Sheets) -> str:
    known = [h for h in sheets.headings(SURVEY) if canonical(h) == REQUIRED]
    if not known:
        header: list[dict[str, Any]] = sheets.book.setdefault(f"{SURVEY}_header", [{}])
        header[0][REQUIRED] = None
    return known[0] if known else REQUIRED


def move_row(data: bytes, file_type: str, name: str, *, up: bool) -> bytes:
    """Move a question, or a whole group, past the one above or below it in the same group.

    Raises:
        EditRefused: no such question, or it is the first or the last there.
    """
    sheets = read_sheets(data, file_type)
    rows = _rows(sheets)
    begin, end = _block(rows, _find(sheets, name))
    if up:
        other = _before(rows, begin)
        rows[other:end] = [*rows[begin:end], *rows[other:begin]]
    else:
        if end >= len(rows) or ends(cell(rows[end], "type")):
            raise EditRefused(f"'{name}' is the last of its group.")
        _, after = _block(rows, end)
        rows[begin:after] = [*rows[end:after], *rows[begin:end]]
    return write_workbook(sheets.book)


def _rows(sheets: Sheets) -> list[Row]:
    """The rows that hold anything; blank ones between them are left out for good."""
    kept = [row for _, row in sheets.rows(SURVEY)]
    sheets.book[SURVEY] = kept
    return kept


def _find(sheets: Sheets, name: str) -> int:
    for place, (_, row) in enumerate(sheets.rows(SURVEY)):
        if cell(row, "name") == name and not ends(cell(row, "type")):
            return place
    raise EditRefused(f"There is no question '{name}' in this form.")


def _block(rows: list[Row], begin: int) -> tuple[int, int]:
    """A row, or a group from its beginning to behind its end."""
    kinds = [cell(row, "type") for row in rows[begin:]]
    depths = accumulate(bool(begins(kind)) - bool(ends(kind)) for kind in kinds)
    closed = next((place for place, depth in enumerate(depths) if depth <= 0), len(kinds) - 1)
    return begin, begin + closed + 1


def _before(rows: list[Row], begin: int) -> int:
    """First row of the row or group above."""
    depth = 0
    for place in range(begin - 1, -1, -1):
        kind = cell(rows[place], "type")
        depth += bool(ends(kind)) - bool(begins(kind))
        if depth < 0:
            break
        if depth == 0:
            return place
    raise EditRefused("It is the first of its group.")
