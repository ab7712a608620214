"""Tables of an export as rows by heading; truncated or shifted rows are refused, never guessed.

Source: RFC 4180 for the shape of a table. Spreadsheet programs of many countries separate the cells
by semicolons, because there a comma begins the decimals of a number.
"""

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from questionnaires.submissions.instance import MAX_BYTES, broken, refuse, too_large

MAX_TABLE_BYTES = 8 * MAX_BYTES
_COMMA = ","


@dataclass(frozen=True)
class Table:
    """Rows by heading; a repeated heading has its number behind it from the second on.

    `has_decimal_commas`: a number such as 3,5 means three and a half.
    """

    headings: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    has_decimal_commas: bool = False


def read_table(content: bytes) -> Table:
    """Read a CSV table. Raises BookRefused: cut off, shifted, too large or in no known letters."""
    if len(content) > MAX_TABLE_BYTES:
        raise too_large()
    text = _decode(content)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise broken() from None
    filled = [(number, line) for number, line in enumerate(lines, start=1) if any(line)]
    if not filled:
        return Table((), ())
    headings = with_numbers(filled[0][1])
    for number, line in filled[1:]:
        if any(line[len(headings) :]):
            raise _shifted(number)
    if len(filled[-1][1]) < len(headings) and not text.endswith(("\n", "\r")):
        raise broken()
    rows = (dict(zip(headings, line, strict=False)) for _, line in filled[1:])
    return Table(
        tuple(filter(None, headings)),
        tuple({heading: cell for heading, cell in row.items() if heading} for row in rows),
        has_decimal_commas=delimiter != _COMMA,
    )


def _decode(content: bytes) -> str:
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise broken() from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse(
            "other_letters",
            "The letters of this table cannot be told: it is not kept as UTF-8.",
            "Export it again, or save it in your spreadsheet program as CSV UTF-8.",
        ) from None


def with_numbers(headings: Sequence[str]) -> list[str]:
    """Headings with a number behind each that stood before; empty ones stay empty."""
    seen: dict[str, int] = {}
    found = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        is_again = heading and seen[heading] > 1
        found.append(f"{heading} ({seen[heading]})" if is_again else heading)
    return found


def _shifted(number: int) -> Exception:
    return refuse(
        "row_too_wide",
        f"Row {number} has more cells than the table has headings, so that answers may stand under"
        " the wrong question.",
        "Export it again, and upload it as it comes, not changed in another program.",
    )
