"""Child-process reader: workbooks on standard input, their cells on standard output.

Nothing of the platform is imported here, so that a hostile workbook can reach nothing but itself.
Standard input holds books one after the other, each with its length in eight bytes before it;
standard output gets one line of JSON for each: `{"code"}` when it cannot be read, else
`{"sheets": [{"name", "cells": [[row, column, kind, text]], "merged": ["A1:B2"]}], "pictures"}`,
rows and columns from 0. Kinds: s text, n number, d day, m day with time, t time, b true or false,
f formula, e error.
"""

import io
import json
import resource
import sys
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO, MAX_CELLS = 2_000, 60 * 1024**2, 200, 400_000
_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


class Refused(Exception):
    """The book cannot be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def main() -> int:
    """Shut the process in by the limits of its arguments, then read book after book."""
    memory, cpu_seconds = map(int, sys.argv[1:3])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    warnings.simplefilter("ignore")
    while length := sys.stdin.buffer.read(8):
        content = sys.stdin.buffer.read(int.from_bytes(length, "big"))
        sys.stdout.write(json.dumps(transcribe(content)) + "\n")
        sys.stdout.flush()
    return 0


def transcribe(content: bytes) -> dict[str, Any]:
    """The cells of one workbook, or the code of why it cannot be read."""
    try:
        pictures = look_over(content)
        return {"sheets": read_sheets(content), "pictures": pictures}
    except Refused as refused:
        return {"code": refused.code}
    except (MemoryError, RecursionError):
        return {"code": "too_large"}
    except Exception:  # the library meets broken books with errors of every kind
        return {"code": "broken"}


def look_over(content: bytes) -> int:
    """Judge the archive before anything is opened; returns how many pictures it holds."""
    if content.startswith(_OLE):
        raise Refused("encrypted" if _LOCKED in content else "not_xlsx")
    if not content.startswith(b"PK"):
        raise Refused("not_xlsx")
    with ZipFile(io.BytesIO(content)) as archive:
        return _look_over_parts(archive)


def _look_over_parts(archive: ZipFile) -> int:
    members = archive.infolist()
    names = [member.filename.lower() for member in members]
    packed = sum(member.compress_size for member in members)
    total = sum(member.file_size for member in members)
    if len(members) > MAX_ENTRIES or total > min(MAX_UNPACKED, MAX_RATIO * max(packed, 1)):
        raise Refused("too_large")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("encrypted")
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise Refused("broken")  # of other packings the library unpacks without end
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise Refused("macros")
    if "xl/workbook.xml" not in names:
        raise Refused("not_xlsx")
    _unpack(archive, members)
    return sum(1 for name in names if name.startswith("xl/media/"))


def _unpack(archive: ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Every part once, in pieces: a size that lies is found, and XML with entities refused."""
    total = 0
    for member in members:
        with archive.open(member) as part:
            tail = b""
            while piece := part.read(_CHUNK):
                total += len(piece)
                if total > MAX_UNPACKED:
                    raise Refused("too_large")
                if b"<!DOCTYPE" in tail + piece or b"<!ENTITY" in tail + piece:
                    raise Refused("broken")
                tail = piece[-9:]


def read_sheets(content: bytes) -> list[dict[str, Any]]:
    """Every sheet with its cells that hold something, hidden ones too."""
    book = load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    found, left = [], MAX_CELLS
    for sheet in book.worksheets:
        cells = [
            [cell.row - 1, cell.column - 1, *_cell(cell)]
            for (_row, _column), cell in sorted(sheet._cells.items())
            if cell.value is not None
        ]
        left -= len(cells)
        if left < 0:
            raise Refused("too_large")
        merged = sorted(str(area) for area in sheet.merged_cells.ranges)
        found.append({"name": sheet.title, "cells": cells, "merged": merged})
    return found


def _cell(cell: Any) -> tuple[str, str]:
    value = cell.value
    if cell.data_type == "f":
        return "f", str(value)
    if cell.data_type == "e":
        return "e", str(value)
    return kind_and_text(value)


def kind_and_text(value: object) -> tuple[str, str]:
    """A value of a cell as its kind and its text."""
    if isinstance(value, bool):
        return "b", "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        is_whole = float(value).is_integer() and abs(value) < 1e15
        return "n", str(int(value)) if is_whole else repr(float(value))
    if isinstance(value, datetime):
        whole = value.time() == time()
        return ("d", value.date().isoformat()) if whole else ("m", value.isoformat())
    if isinstance(value, date):
        return "d", value.isoformat()
    if isinstance(value, time):
        return "t", value.isoformat()
    if isinstance(value, timedelta):
        return "t", str(value)
    return "s", str(value)


if __name__ == "__main__":
    sys.exit(main())
