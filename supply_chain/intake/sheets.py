"""Tables of text from named bytes, in any supported format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from supply_chain.errors import FileRefused
from supply_chain.intake.delimited import read_delimited
from supply_chain.intake.drafts import FileFormat, NamedBytes
from supply_chain.intake.json_tables import json_rows
from supply_chain.intake.packed_lines import unpack_lines
from supply_chain.intake.sideways import turn_upright
from supply_chain.intake.workbook import is_encrypted, read_workbook, refusal

_TEXT_ENDINGS = {".csv", ".tsv", ".tab", ".txt"}
_WORKBOOK_MAGIC = {".xlsx": b"PK", ".xls": b"\xd0\xcf\x11\xe0"}
_BINARY_MAGIC = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
)


Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text of one CSV file or one sheet; `rows[0]` is row 1 of the spreadsheet.

    `key` names the table in a mapping: the sheet, else the file; both where that is ambiguous,
    and a number behind it where even that is (two files of one name). A list that stood on its
    side `is_turned`: its row 2 is column B of the spreadsheet.
    """

    key: str
    file: str
    sheet: str | None
    rows: Rows
    format: FileFormat | None = None
    is_turned: bool = False


def read_tables(files: Sequence[NamedBytes]) -> tuple[Table, ...]:
    """Read every table of every CSV, XLSX and XLS file that holds at least one row.

    Raises:
        FileRefused: a file is of another type, is broken, or breaks a limit.
    """
    found = [(file.name, page) for file in files for page in _read(file) if any(page.rows)]
    uses = Counter(page.sheet or name for name, page in found)
    keys = _numbered([_key(name, page.sheet, uses) for name, page in found])
    return tuple(_table(key, name, page) for key, (name, page) in zip(keys, found, strict=True))


def _table(key: str, name: str, page: _Page) -> Table:
    rows = unpack_lines(page.rows)
    turned = turn_upright(rows)
    is_turned = turned is not None
    return Table(key, name, page.sheet, turned or rows, page.format, is_turned)


@dataclass(frozen=True, slots=True)
class _Page:
    """One sheet, or the one table of a delimited text."""

    sheet: str | None
    rows: Rows
    format: FileFormat | None = None


def _key(name: str, sheet: str | None, uses: Counter[str]) -> str:
    key = sheet or name
    return f"{name}/{sheet}" if sheet and uses[key] > 1 else key


def _numbered(keys: Sequence[str]) -> list[str]:
    uses: Counter[str] = Counter()
    numbered = []
    for key in keys:
        uses[key] += 1
        numbered.append(key if uses[key] == 1 else f"{key} ({uses[key]})")
    return numbered


def _read(file: NamedBytes) -> list[_Page]:
    ending = PurePath(file.name.lower()).suffix
    if not file.content.strip():
        raise FileRefused(
            "empty", f"{file.name} is empty.", "Send a list with a header row and its rows."
        )
    if ending in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise refusal("macros", file.name)
    if ending in _WORKBOOK_MAGIC:
        # An encrypted XLSX is packed like an XLS; `read_workbook` names it.
        if not file.content.startswith(_WORKBOOK_MAGIC[ending]) and not is_encrypted(file.content):
            raise refusal("type_mismatch", file.name)
        return [_Page(sheet, rows) for sheet, rows in read_workbook(file)]
    rows_of_json = json_rows(file)
    if rows_of_json is not None:
        return [_Page(None, rows_of_json)]
    if ending == ".geojson":
        raise FileRefused(
            "broken_json",
            f"{file.name} is no sound GeoJSON with a list of features.",
            "Export the list again, or send it as CSV or XLSX.",
        )
    if ending not in _TEXT_ENDINGS:
        raise FileRefused(
            "unknown_type",
            f"{file.name} is not a type of file that can be read.",
            "Send CSV, XLSX, XLS or value-chain JSON.",
        )
    if file.content.startswith(_BINARY_MAGIC):
        raise refusal("type_mismatch", file.name)
    rows, how = read_delimited(file)
    return [_Page(None, rows, how)]
