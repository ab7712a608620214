"""The tables of a report as CSV, XLSX and JSON, from the same document as the PDF."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import rfc8785
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ddplatform.documents.content import Cell, Column, Document, Kind, Table
from ddplatform.documents.paper.sheets import Stamp
from ddplatform.documents.words import band_of, cell_words, guarded_count
from supply_chain.vocabulary import RiskBand

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
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
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(neutral(column.title) for column in table.columns)
    for row in table.rows:
        writer.writerow(
            _csv_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)
        )
    return buffer.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell, column: Column) -> str | int | float:
    if isinstance(cell, int | float):
        return neutral(guarded_count(cell)) if column.kind is Kind.PEOPLE else cell
    if column.kind is Kind.DATE and cell:
        return neutral(cell)
    return neutral(cell_words(cell, column))


def render_csv_pack(document: Document) -> bytes:
    """All tables of a report as one ZIP of CSV files, named by the refs of the tables."""
    return render_table_pack(document.tables)


def render_table_pack(tables: Sequence[Table]) -> bytes:
    """Tables as one ZIP of CSV files, named by their refs; equal tables give equal bytes."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as pack:
        for table in tables:
            entry = ZipInfo(f"{table.ref}.csv", date_time=(2000, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            pack.writestr(entry, render_csv(table))
    return buffer.getvalue()


def render_json(document: Document) -> bytes:
    """The facts of the report without what its reader may not see, as RFC 8785 JSON."""
    return rfc8785.dumps(dict(document.facts))  # type: ignore[arg-type]  # facts are plain JSON


def facts_checksum(document: Document) -> str:
    """SHA-256 of the JSON export, in hex: what the stamp of the PDF and the log name."""
    return sha256(render_json(document)).hexdigest()


def render_xlsx(document: Document, stamp: Stamp) -> bytes:
    """A workbook with an "About" sheet and one sheet a table; text is never a formula."""
    buffer = BytesIO()
    with Workbook(buffer, OPTIONS) as book:
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
    with Workbook(buffer, OPTIONS) as book:
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
    """Titles cut to what a sheet name may be; the ref where a title would stand twice."""
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
    for line, row in enumerate(table.rows, start=1):
        for number, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _write_cell(sheet, (line, number), cell, column=column, looks=looks)
    if not table.rows:
        sheet.write_string(1, 0, table.empty, looks.missing)
    elif table.columns:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _write_cell(
    sheet: Worksheet, at: tuple[int, int], cell: Cell, *, column: Column, looks: _Looks
) -> None:
    day = _day(cell) if column.kind is Kind.DATE else None
    if day is not None:
        sheet.write_datetime(*at, day, looks.numbers[Kind.DATE])
    elif isinstance(cell, int | float) and column.kind is not Kind.PEOPLE:
        look = looks.numbers.get(column.kind, looks.numbers[Kind.NUMBER])
        sheet.write_number(*at, cell, look)
    else:
        words = _fitting(cell_words(cell, column))
        band = band_of(cell) if column.kind is Kind.BAND else None
        look = looks.missing if cell in (None, "") else looks.text
        sheet.write_string(*at, words, looks.bands[band] if band else look)


def _fitting(words: str) -> str:
    """Text cut to what a cell may hold; a longer one would be dropped, leaving a blank."""
    return words if len(words) <= LONGEST_CELL else words[: LONGEST_CELL - 1] + "…"


def _day(cell: Cell) -> date | None:
    try:
        return date.fromisoformat(str(cell)[:10])
    except ValueError:
        return None
