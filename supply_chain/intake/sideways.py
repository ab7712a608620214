"""Transposed lists: the names of the columns one below the other, a site a column."""

from __future__ import annotations

from collections.abc import Sequence

from supply_chain.intake.heading_parts import is_column_name, tells_field
from supply_chain.intake.words import squeeze
from supply_chain.intake.workbook import MAX_COLUMNS

Rows = tuple[tuple[str, ...], ...]

_LEAST_NAMES, _MOST = 3, 0.6
_PLACES = ("country", "address", "city", "region", "latitude", "coordinates")


def turn_upright(rows: Rows) -> Rows | None:
    """The rows of a list on its side with its columns as rows, else None.

    It is one where the first column holds at least three names of columns, that of a place among
    them, more than any row does, and little else. What was column B is row 2 then.
    """
    filled = [row for row in rows if any(map(str.strip, row))]
    if not 1 < len(filled) <= MAX_COLUMNS or max(map(len, filled)) < 2:
        return None
    labels = [row[0] for row in filled if row[0].strip()]
    named = _names(labels)
    if named < _LEAST_NAMES or named < _MOST * len(labels):
        return None
    if named <= max(map(_names, filled)) or not any(map(_tells_place, labels)):
        return None
    width = max(map(len, filled))
    whole = [(*row, *[""] * (width - len(row))) for row in filled]
    return tuple(zip(*whole, strict=True))


def _tells_place(label: str) -> bool:
    return any(tells_field(label, field) for field in _PLACES)


def _names(cells: Sequence[str]) -> int:
    return len({squeeze(cell) for cell in cells if is_column_name(cell)})
