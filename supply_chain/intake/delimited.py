"""Delimited text (CSV and its relatives): encoding, separator and rows."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable

from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import FileFormat, NamedBytes
from supply_chain.intake.encodings import decode_text
from supply_chain.intake.heading_parts import is_column_name
from supply_chain.intake.workbook import MAX_COLUMNS, MAX_ROWS, Rows, refusal, too_wide

SEPARATORS = (",", ";", "\t", "|")
MAX_CELL_CHARACTERS = 32_767
_LONG_CELL = f"a cell is longer than {MAX_CELL_CHARACTERS:,} characters"
_SAMPLE_CHARACTERS = 64_000
_HEADER_SEARCH_ROWS = 30


def read_delimited(file: NamedBytes) -> tuple[Rows, FileFormat]:
    """Return all rows of a delimited text, blank ones included, and how it was read.

    Raises:
        FileRefused: the letters or the quotation marks cannot be read, a cell is far too long.
    """
    text, encoding, is_certain = decode_text(file)
    if text.startswith("sep=") and "\n" in text:
        text = text.split("\n", 1)[1]
    separator = find_separator(text)
    rows = _parse(file.name, text, separator)
    return rows, FileFormat(file.name, encoding, separator, is_certain)


def find_separator(text: str) -> str:
    """Choose the separator that splits the sample into the most even and widest rows."""
    sample = text[:_SAMPLE_CHARACTERS]
    return max(SEPARATORS, key=lambda separator: _fitness(sample, separator))


def _fitness(sample: str, separator: str) -> tuple[int, float]:
    """Number of known column names in the best of the first rows, and evenness of all rows."""
    rows = list(csv.reader(io.StringIO(sample, newline=""), delimiter=separator))
    names = [sum(map(is_column_name, row)) for row in rows[:_HEADER_SEARCH_ROWS]]
    return max(names, default=0), _evenness(rows)


def _evenness(rows: list[list[str]]) -> float:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0
    width, count = widths.most_common(1)[0]
    return count / len(rows) * math.sqrt(width - 1)


def _parse(name: str, text: str, separator: str) -> Rows:
    stream = io.StringIO(text, newline="")
    try:
        return _collect(name, csv.reader(stream, delimiter=separator, strict=True))
    except csv.Error as fault:
        if "unexpected end" in str(fault):
            raise _broken(name, "a quotation mark is opened and never closed") from None
        if "field limit" in str(fault):
            raise _broken(name, f"{_LONG_CELL}, or a quotation mark is never closed") from None
    stream.seek(0)
    try:
        # A quote inside a cell that is not doubled: spreadsheets accept it, so do we.
        return _collect(name, csv.reader(stream, delimiter=separator))
    except csv.Error:
        raise _broken(name, "its quotation marks do not match") from None


def _collect(name: str, rows: Iterable[list[str]]) -> Rows:
    """All rows up to the last that holds something; blank ones, however many, are empty tuples."""
    kept: list[tuple[str, ...]] = []
    filled = blanks = 0
    for row in rows:
        if not any(row):
            blanks += 1
            continue
        if blanks:
            kept.extend([()] * blanks)
            blanks = 0
        kept.append(tuple(row))
        filled += 1
        if len(row) > MAX_COLUMNS:
            raise too_wide(name, None, len(kept), len(row))
        if filled > MAX_ROWS:
            raise refusal("too_large", name)
        if len(max(row, key=len)) > MAX_CELL_CHARACTERS:
            raise _broken(name, f"{_LONG_CELL}, in row {len(kept):,}")
    return tuple(kept)


def _broken(name: str, what: str) -> FileRefused:
    return FileRefused(
        "broken_csv",
        f"{name} cannot be split into rows: {what}.",
        "The file may be cut off. Export it again, or send it as XLSX.",
    )
