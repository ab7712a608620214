"""Whole lines packed into one cell: split into columns of their own."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from supply_chain.intake.cells import parse_number
from supply_chain.intake.column_fit import is_country
from supply_chain.intake.heading_parts import is_column_name
from supply_chain.intake.words import clean, header_forms, words

Rows = tuple[tuple[str, ...], ...]

_SAMPLE_ROWS = 200
_MOST = 0.8
_FACTS = ("country", "name", "address", "latitude", "longitude")
_SEPARATORS = (",", ";", "\t", "|")


def unpack_lines(rows: Rows) -> Rows:
    """The rows of a table with packed lines taken apart, else the rows as they are.

    A table of one column whose header is itself a line of known names is split at the separator
    of that line. A column in which most cells are lines of a country, a name and more gives
    columns behind the others, named after it ("name (raw_data)"); the column itself stays.
    """
    split = _split_single_column(rows)
    if split is not None:
        return split
    place = _packed_column(rows)
    return rows if place is None else _with_facts(rows, place)


def _split_single_column(rows: Rows) -> Rows | None:
    filled = [row for row in rows if any(row)]
    if not filled or any(any(row[1:]) for row in filled[:_SAMPLE_ROWS]):
        return None
    for row in filled[:_SAMPLE_ROWS]:
        for separator in _SEPARATORS:
            names = _cells(row[0], separator)
            if sum(map(is_column_name, names)) >= 2:
                return tuple(tuple(_cells(row[0], separator)) if row else () for row in rows)
    return None


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line.replace("\n", " ")], delimiter=separator), [])


def _packed_column(rows: Rows) -> int | None:
    """The place of the column whose cells are lines, where no other column holds a name."""
    sample = [row for row in rows[1 : _SAMPLE_ROWS + 1] if any(row)]
    named = words().node_columns
    known = named["name"].keys() | named["country"].keys() | named["address"].keys()
    if not sample or any(header_forms(cell) & known for cell in rows[0]):
        return None
    for place in range(max(map(len, sample))):
        cells = [row[place] for row in sample if place < len(row) and row[place].strip()]
        facts = sum(1 for cell in cells if cell.count(",") > 1 and _facts(cell)[0])
        if facts and facts >= _MOST * len(cells):
            return place
    return None


def _facts(line: str) -> tuple[str, ...]:
    """Country, name, address, latitude and longitude of a line, empty where it has none."""
    parts = [clean(part) for part in _cells(line, ",")]
    country = next(filter(is_country, parts), "")
    rest = [part for part in parts if part and part is not country]
    point: Sequence[str] = [part.strip("'\"") for part in rest[-2:]]
    if len(point) == 2 and all(parse_number(part) is not None for part in point):
        rest = rest[:-2]
    else:
        point = ("", "")
    name = rest[0] if rest else ""
    return (country, name, ", ".join(rest[1:]), *point)


def _with_facts(rows: Rows, place: int) -> Rows:
    width = max(map(len, rows))
    column = clean(rows[0][place]) or f"column {place + 1}"
    unpacked = [(*rows[0], *[""] * (width - len(rows[0])), *(f"{f} ({column})" for f in _FACTS))]
    for row in rows[1:]:
        line = row[place] if place < len(row) else ""
        facts = _facts(line) if line.strip() else ("",) * len(_FACTS)
        unpacked.append((*row, *[""] * (width - len(row)), *facts) if any(row) else ())
    return tuple(unpacked)
