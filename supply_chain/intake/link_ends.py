"""Joint import of lists of nodes and of links: the column by which the links identify the nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from supply_chain.intake.columns import columns_of_people, places_of_columns
from supply_chain.intake.drafts import ColumnGuess, TableMapping
from supply_chain.intake.sheets import Table
from supply_chain.intake.words import clean
from supply_chain.intake.workbook import MAX_COLUMNS

_ROWS = 5_000  # looked at in each table
_LEAST_CALLED = 0.5
_SURE = 0.8
_EXAMPLES = 3


def with_ids_of_ends(
    tables: Sequence[Table],
    nodes: Mapping[str, TableMapping],
    links: Mapping[str, TableMapping],
) -> dict[str, TableMapping]:
    """Give lists of nodes without an id the column that holds what the links call their ends.

    Whatever its heading says: its values are all different, and at least half of the ends are
    among them, more than among the names.
    """
    by_key = {table.key: table for table in tables}
    ends: set[str] = set()
    for key, how in links.items():
        for field in ("supplier", "buyer"):
            ends |= set(_cells(by_key[key], how, how.columns.get(field)))
    return {key: _with_id(by_key[key], how, ends) for key, how in nodes.items()}


def _with_id(table: Table, how: TableMapping, ends: set[str]) -> TableMapping:
    if "id" in how.columns or not ends:
        return how
    taken = {*how.columns.values(), *columns_of_people(table, how.header_row)}
    least = max(_LEAST_CALLED, _called(_cells(table, how, how.columns.get("name")), ends))
    best, cells = None, []
    for name in places_of_columns(table, how.header_row):
        values = [] if name in taken else list(_cells(table, how, name))
        part = _called(values, ends)
        if part >= least and len(set(values)) == len(values):
            least, best, cells = part, name, values
    if best is None:
        return how
    guess = ColumnGuess("id", best, _SURE, "the links call them so", tuple(cells[:_EXAMPLES]))
    return replace(how, columns={**how.columns, "id": best}, guesses=(*how.guesses, guess))


def _called(values: Iterable[str], ends: set[str]) -> float:
    """The part of the ends of links, 0..1, that is among the values."""
    return len(ends & set(values)) / len(ends)


def _cells(table: Table, how: TableMapping, column: str | None) -> Iterator[str]:
    """Values of a column; none where there is no such column."""
    place = places_of_columns(table, how.header_row).get(column or "", MAX_COLUMNS)
    for row in table.rows[how.header_row : how.header_row + _ROWS]:
        cell = clean(row[place]) if place < len(row) else ""
        if cell:
            yield cell
