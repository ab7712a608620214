"""CSV and its relatives: which encoding, which separator, which rows."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence

from supply_chain.drafts import NamedBytes
from supply_chain.errors import FileRefused
from supply_chain.intake.words import header_forms, words

SEPARATORS = (",", ";", "\t", "|")
MAX_CELL_CHARACTERS = 32_767
_LONG_CELL = f"a cell is longer than {MAX_CELL_CHARACTERS:,} characters"
_SAMPLE_CHARACTERS = 64_000
_HEADER_SEARCH_ROWS = 30
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNKNOWN = "unknown"
# Letters of Western Europe rarely stand six in a row outside ASCII; Chinese or Cyrillic bytes do.
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]{6,}")


def read_delimited(file: NamedBytes) -> tuple[tuple[str, ...], ...]:
    """Return all rows of a delimited text, blank ones included. Raises FileRefused."""
    text = decode_text(file)
    if text.startswith("sep=") and "\n" in text:
        text = text.split("\n", 1)[1]
    rows = _parse(file.name, text, find_separator(text))
    if any(len(cell) > MAX_CELL_CHARACTERS for row in rows for cell in row):
        raise _broken(file.name, _LONG_CELL)
    return tuple(map(tuple, rows))


def decode_text(file: NamedBytes) -> str:
    """Decode by declaration, byte order mark, UTF-8, UTF-16 pattern, then Windows-1252.

    A NUL character is refused: it is a sign of a file that is not text.
    """
    encoding = file.encoding or _detect_encoding(file.content)
    try:
        text = file.content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        how = "it is not said in which encoding" if encoding == _UNKNOWN else f"not as {encoding}"
        raise FileRefused(
            "encoding",
            f"The letters of {file.name} cannot be read: {how}.",
            "Save the file as UTF-8 (in Excel: CSV UTF-8) and send it again.",
        ) from None
    if "\0" in text:
        raise FileRefused(
            "nul_byte",
            f"{file.name} holds a NUL byte, so it is not a plain text table.",
            "Export the list again as CSV UTF-8 or XLSX.",
        )
    return text.removeprefix("\ufeff")


def _detect_encoding(content: bytes) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return encoding
    even, odd = content[:2000:2].count(0), content[1:2000:2].count(0)
    half = min(len(content), 2000) / 2
    if odd > 0.4 * half and even == 0:
        return "utf-16-le"
    if even > 0.4 * half and odd == 0:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Undeclared and not certain: saying so is better than wrong letters in names.
        return _UNKNOWN if _FOREIGN_RUN.search(content) else "cp1252"
    return "utf-8"


def find_separator(text: str) -> str:
    """Choose the separator that splits the sample into the most even and widest rows."""
    sample = text[:_SAMPLE_CHARACTERS]
    return max(SEPARATORS, key=lambda separator: _fitness(sample, separator))


def _fitness(sample: str, separator: str) -> tuple[int, float]:
    """How many known column names stand in the best of the first rows, and how even all are."""
    rows = list(csv.reader(io.StringIO(sample, newline=""), delimiter=separator))
    known = words().known_headers
    names = [
        sum(1 for cell in row if len(cell) < 80 and header_forms(cell) & known)
        for row in rows[:_HEADER_SEARCH_ROWS]
    ]
    return max(names, default=0), _evenness(rows)


def _evenness(rows: list[list[str]]) -> float:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0
    width, count = widths.most_common(1)[0]
    return count / len(rows) * math.sqrt(width - 1)


def _parse(name: str, text: str, separator: str) -> Sequence[list[str]]:
    stream = io.StringIO(text, newline="")
    try:
        return list(csv.reader(stream, delimiter=separator, strict=True))
    except csv.Error as fault:
        if "unexpected end" in str(fault):
            raise _broken(name, "a quotation mark is opened and never closed") from None
        if "field limit" in str(fault):
            raise _broken(name, f"{_LONG_CELL}, or a quotation mark is never closed") from None
    stream.seek(0)
    try:
        # A quote inside a cell that is not doubled: spreadsheets accept it, so do we.
        return list(csv.reader(stream, delimiter=separator))
    except csv.Error:
        raise _broken(name, "its quotation marks do not match") from None


def _broken(name: str, what: str) -> FileRefused:
    return FileRefused(
        "broken_csv",
        f"{name} cannot be split into rows: {what}.",
        "The file may be cut off. Export it again, or send it as XLSX.",
    )
