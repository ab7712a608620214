"""Tables as CSV, XLSX, Parquet, and for reports JSON, from the same document as the PDF.

The values of all three come from one DataFrame (`to_dataframe`). CSV and XLSX are read by people:
where a value has words, or is missing, they say so. Parquet is read by programs and holds values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import rfc8785

import ddplatform.documents.tables
from ddplatform.documents import lazy
from ddplatform.documents.content import Cell, Column, Document, Kind, Table
from ddplatform.documents.words import band_of, cell_words
from supply_chain.vocabulary import RiskBand

if TYPE_CHECKING:
    from pandas import Series
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from ddplatform.documents.paper.sheets import Stamp

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""Text that begins so is read as a formula by spreadsheets (security.md, files out)."""

FIXED_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands as the date inside packed files, so that equal facts give equal bytes."""

LONGEST_CELL = 32_767

NUMBER_FORMATS = {
    Kind.NUMBER: "#,##0.##",
    Kind.SHARE: "0%",
    Kind.SCORE: "0.00",
    Kind.INDEX: "0",
    Kind.DATE: "yyyy-mm-dd",
}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
BAND_COLOURS: dict[RiskBand, tuple[str, str]] = {
    RiskBand.CRITICAL: ("#8C1D40", "#FFFFFF"),
    RiskBand.HIGH: ("#DB7A2B", "#1F0F00"),
    RiskBand.MEDIUM: ("#F2CB57", "#3D2D00"),
    RiskBand.LOW: ("#C6DDEC", "#17384A"),
}


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a dangerous start gets a leading '."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_STARTS) else text


def render_csv(table: Table) -> bytes:
    """One table as CSV: UTF-8 with a mark, RFC 4180 quoting, numbers as plain numbers."""
    frame = ddplatform.documents.tables.to_dataframe(table)
    for name, column in zip(frame.columns, table.columns, strict=True):
        frame[name] = _csv_cells(frame[name], column)
    titles = [neutral(column.title) for column in table.columns]
    return frame.to_csv(index=False, header=titles, lineterminator="\r\n").encode("utf-8-sig")


def _csv_cells(values: Series[Any], column: Column) -> Series[Any]:
    """The values of a column: numbers and days plain, all else in words."""
    words = values
    if values.dtype.kind == "M":
        words = values.dt.date.astype("str")
    elif values.dtype.kind not in "if":
        words = values.map(partial(_csv_cell, column=column), na_action="ignore")
    return words.astype("object").where(values.notna(), neutral(column.missing))


def _csv_cell(cell: str | float, column: Column) -> str | float:
    if not isinstance(cell, str):
        return cell
    return neutral(cell if column.kind is Kind.DATE else cell_words(cell, column))


def render_parquet(table: Table) -> bytes:
    """One table as Parquet: values with their types, columns called by their keys.

    A word among the numbers of a column turns all of them into texts.
    """
    frame = ddplatform.documents.tables.to_dataframe(table)
    for name in frame.columns[frame.dtypes == "object"]:
        frame[name] = frame[name].astype("str")
    return frame.to_parquet(index=False)


def render_csv_pack(document: Document) -> bytes:
    """All tables of a report as one ZIP of CSV files, named by the refs of the tables."""
    return render_table_pack(document.tables)


def render_table_pack(tables: Sequence[Table]) -> bytes:
    """Tables as one ZIP of CSV files, named by their refs; equal tables give equal bytes."""
    return _packed(tables, "csv", render_csv, ZIP_DEFLATED)


def render_parquet_pack(tables: Sequence[Table]) -> bytes:
    """The same as one ZIP of Parquet files, which are compressed as they are."""
    return _packed(tables, "parquet", render_parquet, ZIP_STORED)


def _packed(
    tables: Sequence[Table], ending: str, write: Callable[[Table], bytes], compress_type: int
) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as pack:
        for table in tables:
            entry = ZipInfo(f"{table.ref}.{ending}", date_time=(2000, 1, 1, 0, 0, 0))
            entry.compress_type = compress_type
            pack.writestr(entry, write(table))
    return buffer.getvalue()


def render_json(document: Document) -> bytes:
    """The facts of the report without fields hidden from its reader, as RFC 8785 JSON."""
    return rfc8785.dumps(dict(document.facts))  # type: ignore[arg-type]  # facts are plain JSON


def facts_checksum(document: Document) -> str:
    """SHA-256 of the JSON export, in hex, as named in the stamp of the PDF and in the log."""
    return sha256(render_json(document)).hexdigest()


def render_xlsx(document: Document, stamp: Stamp) -> bytes:
    """A workbook with an "About" sheet and one sheet a table; text is never a formula."""
    buffer = BytesIO()
    with lazy.quoted_cells.TextBook(buffer, OPTIONS) as book:
        book.set_properties(
            {
                "title": document.cover.title,
                "author": document.cover.organisation,
                "comments": f"{document.ref} {document.version}, {stamp.report_id}",
                "created": document.made_at or FIXED_MOMENT,
            }
        )
        looks = _Looks(book)
        names = _sheet_names(document.tables, reserved=("About", "History"))
        _write_about(book.add_worksheet("About"), document, stamp, names=names, looks=looks)
        for table, name in zip(document.tables, names, strict=True):
            _write_table(book.add_worksheet(name), table, looks)
    return buffer.getvalue()


def render_workbook(tables: Sequence[Table]) -> bytes:
    """Tables as a workbook, one sheet each; equal tables give equal bytes."""
    buffer = BytesIO()
    with lazy.quoted_cells.TextBook(buffer, OPTIONS) as book:
        book.set_properties({"created": FIXED_MOMENT})
        looks = _Looks(book)
        for table, name in zip(tables, _sheet_names(tables, reserved=("History",)), strict=True):
            _write_table(book.add_worksheet(name), table, looks)
    return buffer.getvalue()


class _Looks:
    """The cell formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        plain = {"valign": "top", "text_wrap": True}
        self.title: Format = book.add_format({"bold": True, "font_size": 16})
        self.label: Format = book.add_format({"font_color": "#4A5464", "valign": "top"})
        self.text: Format = book.add_format(plain)
        self.missing: Format = book.add_format({**plain, "font_color": "#5F6877", "italic": True})
        self.head: Format = book.add_format(
            {"bold": True, "bg_color": "#E4F1F0", "bottom": 1, "valign": "top", "text_wrap": True}
        )
        self.numbers: dict[Kind, Format] = {
            kind: book.add_format({"num_format": pattern, "valign": "top"})
            for kind, pattern in NUMBER_FORMATS.items()
        }
        self.bands: dict[RiskBand, Format] = {
            band: book.add_format({"bg_color": ground, "font_color": ink, "valign": "top"})
            for band, (ground, ink) in BAND_COLOURS.items()
        }


def _sheet_names(tables: Sequence[Table], *, reserved: Sequence[str]) -> list[str]:
    """Titles cut to the limits of a sheet name; the ref where a title would occur twice."""
    names: list[str] = []
    for table in tables:
        name = "".join(" " if sign in "[]:*?/\\'" else sign for sign in table.title)[:31].strip()
        taken = {used.lower() for used in (*names, *reserved)}
        names.append(table.ref[:31] if name.lower() in taken or not name else name)
    return names


def _write_about(
    sheet: Worksheet, document: Document, stamp: Stamp, *, names: Sequence[str], looks: _Looks
) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, document.cover.title, looks.title)
    lines = (
        ("Organisation", document.cover.organisation),
        *document.cover.lines,
        ("Statement", document.cover.statement),
        ("Report id", stamp.report_id),
        ("Checksum", stamp.checksum_line),
        *(("Sheet", name) for name in names),
    )
    for row, (label, value) in enumerate(lines, start=2):
        sheet.write_string(row, 0, label, looks.label)
        sheet.write_string(row, 1, value, looks.text)


def _write_table(sheet: Worksheet, table: Table, looks: _Looks) -> None:
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, max(len(column.title) + 3, column.width * 9, 12))
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(table.columns):
        sheet.write_string(0, number, column.title, looks.head)
    frame = ddplatform.documents.tables.to_dataframe(table)
    rows = frame.astype("object").where(frame.notna(), None)
    for line, row in enumerate(rows.itertuples(index=False, name=None), start=1):
        for number, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _write_cell(sheet, (line, number), cell, column=column, looks=looks)
    if not table.rows:
        sheet.write_string(1, 0, table.empty, looks.missing)
    elif table.columns:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _write_cell(
    sheet: Worksheet, at: tuple[int, int], cell: Cell | datetime, *, column: Column, looks: _Looks
) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(*at, cell, looks.numbers[Kind.DATE])
    elif isinstance(cell, int | float):
        sheet.write_number(*at, cell, looks.numbers.get(column.kind, looks.numbers[Kind.NUMBER]))
    else:
        band = band_of(cell) if column.kind is Kind.BAND else None
        look = looks.missing if cell is None else looks.text
        words = _fitting(cell_words(cell, column))
        sheet.write_string(*at, words, looks.bands[band] if band else look)


def _fitting(words: str) -> str:
    """Text cut to the limit of a cell; a longer one would be dropped, leaving a blank."""
    return words if len(words) <= LONGEST_CELL else words[: LONGEST_CELL - 1] + "…"
