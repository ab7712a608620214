"""Workbooks as a supplier changes them: cells by the key of their answer, through openpyxl."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.cell import Cell


def opened(book: bytes, *, values: bool = False) -> Workbook:
    """A workbook to be changed, or with the values that its formulas were worked out to."""
    return openpyxl.load_workbook(io.BytesIO(book), data_only=values)


def saved(book: Workbook) -> bytes:
    """The bytes of a changed workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def answer_cell(book: Workbook, key: str) -> Cell:
    """The cell of an answer of a section: the fourth of the row with that hidden id."""
    for sheet in book.worksheets:
        if sheet["A1"].value == "id" and sheet["D1"].value == "answer":
            for row in sheet.iter_rows(min_row=3):
                if row[0].value == key:
                    return row[3]
    raise KeyError(key)


def repeat_cell(book: Workbook, suffix: str, row: int) -> Cell:
    """The cell of a field in the row-th entry (from 1) of the repeat that has it."""
    for sheet in book.worksheets:
        if sheet["B1"].value == "number":
            for cell in sheet[1]:
                if cell.value == suffix:
                    return sheet.cell(row + 3, cell.column)
    raise KeyError(suffix)


def changed(book: bytes, change: Callable[[Workbook], object]) -> bytes:
    """The bytes after one change."""
    found = opened(book)
    change(found)
    return saved(found)


def with_answers(book: bytes, **answers: object) -> bytes:
    """The book with other answers in its sections, by the last word of their path."""
    found = opened(book)
    for name, value in answers.items():
        answer_cell(found, f"/data/{name[4]}/{name}").value = value
    return saved(found)


def through_libreoffice(book: bytes, folder: Path) -> bytes:
    """The book opened and saved by LibreOffice, as .xlsx again."""
    return _converted(book, folder, "xlsx").read_bytes()


def printed(book: bytes, folder: Path) -> Path:
    """The book as LibreOffice prints it, as PDF."""
    return _converted(book, folder, "pdf")


def _converted(book: bytes, folder: Path, kind: str) -> Path:
    (folder / "in").mkdir()
    path = folder / "in" / "answers.xlsx"
    path.write_bytes(book)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/office",
            *("--headless", "--convert-to", kind, "--outdir", str(folder), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / f"answers.{kind}"
