"""Child-process reader: workbook bytes on standard input, rows on standard output.

Nothing of the platform is imported here, so that a hostile workbook can reach nothing but itself.
Standard output gets CSV records: ["S", sheet name], then ["R", row number, cells...].
Exit codes: 0 read, 3 too large, 4 broken, 5 encrypted, 6 forbidden content, 7 too wide (the last
record is ["W", sheet name, row number, columns]).
"""

import csv
import io
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TextIO
from zipfile import ZipFile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

TOO_LARGE, BROKEN, ENCRYPTED, FORBIDDEN, TOO_WIDE = 3, 4, 5, 6, 7
_CHUNK = 1 << 20


def main() -> int:
    """Shut the process in by the limits of its arguments, then transcribe standard input."""
    memory, cpu_seconds, output, max_rows, max_columns, unpacked = map(int, sys.argv[1:7])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    content = sys.stdin.buffer.read()
    code = transcribe(
        content, sys.stdout, max_rows=max_rows, max_columns=max_columns, unpacked=unpacked
    )
    sys.stdout.flush()
    return code


def transcribe(
    content: bytes, output: TextIO, *, max_rows: int, max_columns: int, unpacked: int
) -> int:
    """Write the rows of a workbook that unpacks to at most `unpacked` bytes; return the code."""
    try:
        if content.startswith(b"PK"):
            content = _checked(content, unpacked)
        _write_sheets(content, output, max_rows, max_columns)
    except _Refused as refused:
        return refused.exit_code
    except PasswordError:
        return ENCRYPTED
    except (MemoryError, OSError):
        return TOO_LARGE
    except (CalamineError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError):
        return BROKEN
    return 0


class _Refused(Exception):
    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


# Some programs claim whole rows ("1:63"), which the parser refuses to read.
_ROWS_ONLY = re.compile(rb'<dimension ref="\d+:\d+"\s*/>')


def _checked(content: bytes, unpacked: int) -> bytes:
    """Unpack every member once, in pieces: `zipfile` stops at a size or checksum that lies.

    Returns the archive, without those claims of sheets about their size that cannot be parsed.
    """
    total = 0
    claims = False
    with ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            with archive.open(info) as member:
                tail = b""
                while piece := member.read(_CHUNK):
                    total += len(piece)
                    if total > unpacked:
                        raise _Refused(TOO_LARGE)
                    if b"<!DOCTYPE" in tail + piece or b"<!ENTITY" in tail + piece:
                        raise _Refused(FORBIDDEN)
                    tail = piece[-9:]
                    claims = claims or bool(_ROWS_ONLY.search(piece))
    return _without_claims(content) if claims else content


def _without_claims(content: bytes) -> bytes:
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, _ROWS_ONLY.sub(b"", old.read(name)))
    return stream.getvalue()


def _write_sheets(content: bytes, output: TextIO, max_rows: int, max_columns: int) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    write = csv.writer(output).writerow
    rows_left = max_rows
    for meta in book.sheets_metadata:
        visible = meta.visible == SheetVisibleEnum.Visible
        if visible and meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            write(("S", meta.name))
            rows_left -= _write_rows(write, sheet, rows_left, max_columns)


def _write_rows(
    write: Callable[[Sequence[object]], object],
    sheet: CalamineSheet,
    max_rows: int,
    max_columns: int,
) -> int:
    """Write the rows that hold something; return how many there were."""
    count = 0
    merged = _Merged(sheet.merged_cell_ranges or [])
    # `iter_rows` counts rows from the top of the sheet but columns from the first used one.
    indent = [""] * (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = indent + [cell if type(cell) is str else _text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        merged.fill(number - 1, cells)
        count += 1
        if len(cells) > max_columns:
            write(("W", sheet.name, number, len(cells)))
            raise _Refused(TOO_WIDE)
        if count > max_rows:
            raise _Refused(TOO_LARGE)
        write(("R", number, *cells))
    return count


class _Merged:
    """Cells merged over several rows: the value of the first counts for all that hold data."""

    def __init__(self, ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        tall = sorted(area for area in ranges if area[1][0] > area[0][0])
        self._coming = tall[::-1]
        self._open: list[tuple[int, int, str]] = []  # last row, column, text

    def fill(self, row: int, cells: list[str]) -> None:
        """Fill the cells of a row (first row 0), which come from the top down."""
        self._open = [area for area in self._open if area[0] >= row]
        for _, column, text in self._open:
            if not (column < len(cells) and cells[column]):
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = text
        while self._coming and self._coming[-1][0][0] <= row:
            (first, column), (last, _) = self._coming.pop()
            if first == row and column < len(cells) and cells[column]:
                self._open.append((last, column, cells[column]))


def _text(cell: object) -> str:
    """Show a cell as a person would type it: 120 rather than 120.0, ISO dates, true and false."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
