"""Returned workbooks as plain cells, read in a child process with limits."""

import json
import logging
import subprocess
import sys
import threading
import traceback
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from questionnaires.errors import QuestionnaireError

log = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024**2
CHILD_MEMORY_BYTES = 1024**3
CHILD_CPU_SECONDS = 60
CHILD_CLOCK_SECONDS = 30  # of one book
BOOKS_OF_A_CHILD = 50
_CHILD = Path(__file__).with_name("child.py")

_WORDS = {
    "too_large": ("This workbook is too large.", "Send the workbook that you downloaded here."),
    "broken": (
        "This workbook cannot be opened; it may be cut off.",
        "Open it in your spreadsheet program, save it again as .xlsx, and send that file.",
    ),
    "encrypted": (
        "This workbook is locked with a password.",
        "Save it without a password and send it again.",
    ),
    "macros": (
        "This workbook holds macros, which are never taken in.",
        "Save it as a plain workbook (.xlsx) and send that file.",
    ),
    "not_xlsx": (
        "This file is no workbook of the kind .xlsx.",
        "In your spreadsheet program choose Save as, then Excel workbook (.xlsx).",
    ),
}


class BookRefused(QuestionnaireError):
    """A file that is not taken in at all, with the reason and the way out."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.code, self.message, self.advice = code, message, advice


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell that holds something; `kind` as the child names it, row and column from 0."""

    row: int
    column: int
    kind: str
    text: str


@dataclass(frozen=True)
class RawSheet:
    """A sheet, hidden or not; `merged` are the cells that are part of a merged area."""

    name: str
    cells: Mapping[tuple[int, int], RawCell]
    merged: frozenset[tuple[int, int]] = frozenset()

    def text(self, row: int, column: int) -> str:
        """The text of a cell, empty where it holds nothing."""
        cell = self.cells.get((row, column))
        return cell.text if cell else ""


@dataclass(frozen=True)
class RawBook:
    """The sheets of a workbook by name; `pictures` is how many it holds."""

    sheets: Mapping[str, RawSheet]
    pictures: int = 0


def read_book(content: bytes) -> RawBook:
    """The cells of one workbook. Raises BookRefused."""
    found = next(read_books([content]))
    if isinstance(found, BookRefused):
        raise found
    return found


def pack_book(book: RawBook) -> bytes:
    """The cells of a workbook as bytes to be kept, so that its file is opened once."""
    kept = {
        "pictures": book.pictures,
        "sheets": [
            {
                "name": sheet.name,
                "cells": [(c.row, c.column, c.kind, c.text) for c in sheet.cells.values()],
                "merged": sorted(sheet.merged),
            }
            for sheet in book.sheets.values()
        ],
    }
    return zlib.compress(json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpack_book(packed: bytes) -> RawBook:
    """The same cells again."""
    kept = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    sheets = {}
    for one in kept["sheets"]:
        cells = (RawCell(*cell) for cell in one["cells"])
        merged = frozenset((row, column) for row, column in one["merged"])
        sheets[one["name"]] = RawSheet(
            one["name"], {(cell.row, cell.column): cell for cell in cells}, merged
        )
    return RawBook(sheets, pictures=kept["pictures"])


def read_books(contents: Iterable[bytes]) -> Iterator[RawBook | BookRefused]:
    """The cells of many workbooks, or why one is refused; a child reads some dozens of them."""
    child: subprocess.Popen[bytes] | None = None
    done = 0
    try:
        for content in contents:
            if len(content) > MAX_BYTES:
                yield refusal("too_large")
                continue
            if child is None or done >= BOOKS_OF_A_CHILD:
                _end(child)
                child, done = _start(), 0
            done += 1
            answer = _ask(child, content)
            if answer is None:  # a limit ended it
                _end(child)
                child = None
            yield _told(answer or {"code": "too_large"})
    finally:
        _end(child)


def _start() -> subprocess.Popen[bytes]:
    limits = (str(CHILD_MEMORY_BYTES), str(CHILD_CPU_SECONDS))
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", str(_CHILD), *limits],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )


def _ask(child: subprocess.Popen[bytes], content: bytes) -> dict[str, Any] | None:
    assert child.stdin is not None and child.stdout is not None
    clock = threading.Timer(CHILD_CLOCK_SECONDS, child.kill)
    clock.start()
    try:
        child.stdin.write(len(content).to_bytes(8, "big") + content)
        child.stdin.flush()
        line = child.stdout.readline()
    except BrokenPipeError:
        return None
    finally:
        clock.cancel()
    return json.loads(line) if line.endswith(b"\n") else None


def _end(child: subprocess.Popen[bytes] | None) -> None:
    if child is not None:
        child.kill()
        child.communicate()


def refusal(code: str) -> BookRefused:
    """Reason for the refusal of a file, in words."""
    return BookRefused(code, *_WORDS[code])


def _told(answer: Mapping[str, Any]) -> RawBook | BookRefused:
    try:
        return _book(answer)
    except Exception as error:  # an unexpected error of one book stops no other
        log.error("the cells of a workbook could not be told: %s", where(error))
        return refusal("broken")


def where(error: Exception) -> str:
    """The kind and the line of an error for a log: its own words may quote a cell."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def _book(answer: Mapping[str, Any]) -> RawBook | BookRefused:
    if "code" in answer:
        return refusal(answer["code"])
    return RawBook(
        {one["name"]: _sheet(one) for one in answer["sheets"]}, pictures=answer["pictures"]
    )


def _sheet(one: Mapping[str, Any]) -> RawSheet:
    cells = (RawCell(*cell) for cell in one["cells"])
    merged = (place for area in one["merged"] for place in _places(area))
    return RawSheet(
        one["name"], {(cell.row, cell.column): cell for cell in cells}, frozenset(merged)
    )


def _places(area: str) -> Iterator[tuple[int, int]]:
    """The cells of an area such as B2:C4 or B2, of very large ones those at its edge first."""
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    for row in range(top, min(bottom, top + 2_000) + 1):
        for column in range(left, min(right, left + 200) + 1):
            yield row, column


def _place(name: str) -> tuple[int, int]:
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(name[len(letters) :]) - 1, column - 1
