"""Corrections of a list by a person: one value in all its cells, or whole rows.

The files stay unchanged. Corrections are stored beside them and applied on each reading.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from supply_chain.intake.columns import columns_of_people, unique_header
from supply_chain.intake.drafts import RowProblem, TableMapping
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import clean

Rows = MappingOf[int, tuple[str, ...]]
"""Row number (first row 1) -> the replacement cells."""


@dataclass(frozen=True, slots=True)
class ValueCorrection:
    """A value of a column that another one takes the place of, in every row that has it."""

    table: str
    column: str
    value: str
    put: str


def correct_tables(
    tables: Sequence[Table],
    *,
    header_rows: MappingOf[str, int],
    rows: MappingOf[str, Rows],
    values: Sequence[ValueCorrection],
) -> tuple[Table, ...]:
    """The tables with corrected rows, then corrected values, in place.

    Args:
        header_rows: row of the headings of each table, by key; values are corrected below it.
        rows: corrected rows of each table, by key; rows that the table lacks change nothing.
        values: corrections of values; one whose column the table lacks changes nothing.
    """
    corrected = []
    for table in tables:
        header_row = header_rows.get(table.key)
        with_rows = _with_rows(table, rows.get(table.key, {}), header_row)
        own = [mend for mend in values if mend.table == table.key]
        if own and header_row is not None:
            with_rows = _with_values(with_rows, header_row, own)
        corrected.append(with_rows)
    return tuple(corrected)


def _with_rows(table: Table, rows: Rows, header_row: int | None) -> Table:
    if not rows:
        return table
    hidden = HiddenCells(table, header_row) if header_row is not None else None
    corrected = list(table.rows)
    for number, put in rows.items():
        if 1 <= number <= len(corrected):
            row = corrected[number - 1]
            corrected[number - 1] = hidden.corrected(row, put) if hidden else put
    return replace(table, rows=tuple(corrected))


def _with_values(table: Table, header_row: int, mends: Sequence[ValueCorrection]) -> Table:
    header = {name: place for place, name in enumerate(unique_header(table, header_row))}
    by_place: dict[int, dict[str, str]] = {}
    for mend in mends:
        if mend.column in header:
            by_place.setdefault(header[mend.column], {})[mend.value] = mend.put
    body = (_corrected(row, by_place) for row in table.rows[header_row:])
    return replace(table, rows=(*table.rows[:header_row], *body))


def _corrected(
    row: tuple[str, ...], by_place: MappingOf[int, MappingOf[str, str]]
) -> tuple[str, ...]:
    for place, puts in by_place.items():
        if place >= len(row):
            continue
        put = puts.get(row[place])
        if put is None:
            put = puts.get(clean(row[place]))
        if put is not None:
            row = (*row[:place], put, *row[place + 1 :])
    return row


class HiddenCells:
    """The cells of a table that no page or workbook shows, since their columns are personal.

    Args:
        used: columns taken for a field all the same, which are shown.
    """

    def __init__(self, table: Table, header_row: int, used: Collection[str] = ()) -> None:
        header, of_people = unique_header(table, header_row), columns_of_people(table, header_row)
        self._width = len(header)
        self._of_people = [place for place, name in enumerate(header) if name in of_people]
        self._blank = [place for place in self._of_people if header[place] not in used]

    def shown(self, row: tuple[str, ...]) -> tuple[str, ...]:
        """A row without them; of one wider than the header the shift is unknown."""
        if not self._blank:
            return row
        if self._is_shifted(row):
            return row[: self._blank[0]]
        return tuple("" if place in self._blank else cell for place, cell in enumerate(row))

    def corrected(self, row: tuple[str, ...], put: tuple[str, ...]) -> tuple[str, ...]:
        """Corrected row from a return: a hidden cell left blank stays, and so does a whole row."""
        size = max(len(row), len(put))
        cells, before = ([*one, *[""] * (size - len(one))] for one in (put, row))
        blanks = range(size) if self._of_people and self._is_shifted(row) else self._of_people
        changed = [place for place in range(size) if clean(cells[place]) != clean(before[place])]
        if all(place in blanks and not cells[place].strip() for place in changed):
            return row
        for place in self._of_people:
            if place < size and not cells[place].strip():
                cells[place] = before[place]
        return tuple(cells)

    def _is_shifted(self, row: tuple[str, ...]) -> bool:
        return any(map(str.strip, row[self._width :]))


def column_of(problem: RowProblem, how: TableMapping) -> str | None:
    """The column of the list that a problem points at, whether it names theirs or our field."""
    if problem.column is None:
        return None
    if problem.column in how.header:
        return problem.column
    return how.columns.get(problem.column)


def field_of(problem: RowProblem, how: TableMapping | None) -> str:
    """Subject of a problem: our field, `other` for a column of none, `row` for a whole row."""
    if problem.column is None:
        return "row"
    if how is None or problem.column in how.columns:
        return problem.column
    fields = {column: field for field, column in how.columns.items()}
    return fields.get(problem.column, "other")
