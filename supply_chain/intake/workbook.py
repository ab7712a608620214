"""XLSX and XLS: inspected without opening, then read in a child process with limits."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 200 * 1024**2
MAX_RATIO = 100
MAX_ROWS = 500_000  # of all sheets together: 100,000 suppliers and their links
MAX_COLUMNS = 200
CHILD_MEMORY_BYTES = 1024**3
CHILD_CPU_SECONDS = 20
CHILD_CLOCK_SECONDS = 120  # for one that only waits: work is bounded by the processor time above
CHILD_OUTPUT_BYTES = 256 * 1024**2

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ZIP_END = b"PK\x05\x06"
_CHILD = Path(__file__).with_name("workbook_child.py")

Rows = tuple[tuple[str, ...], ...]


def read_workbook(file: NamedBytes) -> list[tuple[str, Rows]]:
    """Return (sheet name, rows) for each visible sheet; blank rows are empty tuples.

    Raises:
        FileRefused: not a sound, plain workbook, or larger than the limits of this module.
    """
    if file.content.startswith(b"PK"):
        _check_archive(file)
    else:
        _check_compound_file(file)
    with tempfile.TemporaryFile() as output:
        code = _run_child(file.content, output)
        output.seek(0)
        text = io.TextIOWrapper(output, encoding="utf-8", newline="")
        if code == _TOO_WIDE:
            _, sheet, row, width = list(csv.reader(text))[-1]
            raise too_wide(file.name, sheet, int(row), int(width))
        if code != 0:
            # Killed by a limit (negative), or given up with a reason of its own.
            reason = "too_large" if code < 0 else _CODES.get(code, "broken_workbook")
            raise refusal(reason, file.name)
        return _collect(csv.reader(text))


def _run_child(content: bytes, output: IO[bytes]) -> int:
    resources = (CHILD_MEMORY_BYTES, CHILD_CPU_SECONDS, CHILD_OUTPUT_BYTES)
    sizes = (MAX_ROWS, MAX_COLUMNS, MAX_UNPACKED_BYTES)
    command = [sys.executable, "-I", "-X", "utf8", str(_CHILD), *map(str, resources + sizes)]
    try:
        return subprocess.run(
            command,
            input=content,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=CHILD_CLOCK_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return 3


def _collect(records: Iterable[list[str]]) -> list[tuple[str, Rows]]:
    sheets: list[tuple[str, list[tuple[str, ...]]]] = []
    for kind, *cells in records:
        if kind == "S":
            sheets.append((cells[0], []))
            continue
        rows = sheets[-1][1]
        rows.extend([()] * (int(cells[0]) - 1 - len(rows)))
        rows.append(tuple(cells[1:]))
    return [(name, tuple(rows)) for name, rows in sheets]


def _check_archive(file: NamedBytes) -> None:
    """Judge the archive by its directory alone; the child checks that the directory is true."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise refusal("broken_workbook", file.name) from None
    end = file.content.rfind(_ZIP_END)
    if not _archive_ends_file(file.content, end) or b"%PDF-" in file.content[:1024]:
        raise refusal("two_types", file.name)
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise refusal("encrypted", file.name)
    if len(set(names)) < len(names) or any(_is_unsafe(member) for member in members):
        raise refusal("unsafe_archive", file.name)
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise refusal("type_mismatch", file.name)
    _check_sizes(file.name, members)
    _check_active_parts(file.name, [name.lower() for name in names])


def _archive_ends_file(content: bytes, end: int) -> bool:
    """Whether the archive's end record, comment included, is the last thing of the file."""
    return end + 22 + int.from_bytes(content[end + 20 : end + 22], "little") == len(content)


def _is_unsafe(member: zipfile.ZipInfo) -> bool:
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    path = member.filename.replace("\\", "/")
    # Of other packings the library unpacks without end, however little of it is asked for.
    is_odd = member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return is_link or is_odd or path.startswith("/") or ".." in path.split("/")


def _check_sizes(name: str, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if (
        len(members) > MAX_ENTRIES
        or total > MAX_UNPACKED_BYTES
        or total > MAX_RATIO * max(packed, 1)
    ):
        raise refusal("too_large", name)


def _check_active_parts(name: str, members: list[str]) -> None:
    if any("vbaproject" in member or "macrosheets/" in member for member in members):
        raise refusal("macros", name)
    if any("externallinks/" in member for member in members):
        raise refusal("external_links", name)


def is_encrypted(content: bytes) -> bool:
    """Whether a compound file holds an encrypted XLSX."""
    return content.startswith(_OLE_MAGIC) and _ENCRYPTED_STREAM in content


def _check_compound_file(file: NamedBytes) -> None:
    """An XLS file, or an encrypted XLSX: stream names are in the file as UTF-16."""
    if is_encrypted(file.content):
        raise refusal("encrypted", file.name)
    if "_VBA_PROJECT".encode("utf-16-le") in file.content:
        raise refusal("macros", file.name)
    # Themes are small archives in an XLS; a second file type is one that ends with the file.
    end = file.content.rfind(_ZIP_END)
    if end >= 0 and _archive_ends_file(file.content, end):
        raise refusal("two_types", file.name)


_TOO_WIDE = 7
_CODES = {3: "too_large", 4: "broken_workbook", 5: "encrypted", 6: "unsafe_archive"}
_WORDS = {
    "too_large": (
        f"{{name}} is too large to read: at most {MAX_ROWS:,} rows, {MAX_COLUMNS} columns and"
        " 200 MB unpacked.",
        "Delete empty formatted rows and columns, split the list, or send it as CSV.",
    ),
    "broken_workbook": (
        "{name} is not a sound workbook; it may be cut off.",
        "Open it in a spreadsheet program, save it again as XLSX, and send that file.",
    ),
    "encrypted": (
        "{name} is protected by a password.",
        "Remove the password (Save as, without protection) and send it again.",
    ),
    "macros": (
        "{name} holds macros, which are never taken in.",
        "Save it as a plain workbook (.xlsx) without macros, or as CSV.",
    ),
    "external_links": (
        "{name} takes values from other workbooks.",
        "Replace the links by their values (Data, Edit links, Break link) and send it again.",
    ),
    "unsafe_archive": (
        "{name} is packed in a way that no spreadsheet program does.",
        "Open it in a spreadsheet program, save it again as XLSX, and send that file.",
    ),
    "two_types": (
        "{name} is two kinds of file at once.",
        "Export the list again from its source as XLSX or CSV.",
    ),
    "type_mismatch": (
        "What {name} holds does not fit the ending of its name.",
        "Give the file the ending of its true type: .csv, .xlsx, .xls or .json.",
    ),
}


def too_wide(name: str, sheet: str | None, row: int, width: int) -> FileRefused:
    """Refuse a table with more columns than any list has, naming the row that shows it."""
    place = f"row {row:,} of the sheet “{sheet}”" if sheet else f"row {row:,}"
    return FileRefused(
        "too_large",
        f"{name} has too many columns: {place} goes to column {column_letter(width - 1)}"
        f" ({width:,} columns); at most {MAX_COLUMNS} are read.",
        "Delete the columns that are not needed, or split the list.",
    )


def column_letter(index: int) -> str:
    """Return the letters a spreadsheet shows for a column; index 0 is A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def refusal(code: str, name: str) -> FileRefused:
    """Say why a file is refused, by code, in words, with a way out."""
    message, advice = _WORDS[code]
    return FileRefused(code, message.format(name=name), advice)
