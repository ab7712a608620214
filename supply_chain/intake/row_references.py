"""Columns that refer to other rows of the list, by id or by name, regardless of their headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supply_chain.intake.column_choice import ColumnChooser
from supply_chain.intake.column_fit import fits_parts
from supply_chain.intake.id_lists import IdShapes
from supply_chain.intake.stated_tiers import parse_tier
from supply_chain.intake.words import parts_of, squeeze, words

_LEAST = 2
"""So many rows must name another one before a column is taken for what it is."""
_HALF, _MOSTLY = 0.5, 0.8
_TIER = "attributes.stated_tier"


def choose_ids_by_references(chooser: ColumnChooser) -> None:
    """Unique codes of rows are their ids where another column refers to rows by them."""
    if "id" in chooser.columns:
        return
    ends = [
        chooser.columns[field] for field in ("buyer", "supplied_by") if field in chooser.columns
    ]
    for name in chooser.free():
        values = chooser.values(name)
        if len(values) < _LEAST or not fits_parts("id", values):
            continue
        ids = chooser.cells_by_row(name)
        others = [other for other in (*chooser.free(), *ends) if other != name]
        by = next((other for other in others if _refer(ids, chooser.cells_by_row(other))), None)
        if by is not None:
            chooser.take("id", name, 0.7, f"“{by}” names rows by it")
            return


def choose_end_by_tiers(chooser: ColumnChooser) -> None:
    """A column that names other rows holds buyers or suppliers: their stated tiers decide."""
    if not {"name", _TIER} <= chooser.columns.keys() or chooser.columns.keys() & _ENDS.keys():
        return
    names, levels = (chooser.cells_by_row(chooser.columns[field]) for field in ("name", _TIER))
    ids = chooser.cells_by_row(chooser.columns["id"]) if "id" in chooser.columns else []
    tiers = [parse_tier(level) for level in levels]
    for column in chooser.free():
        cells = chooser.cells_by_row(column)
        rows = [*_references(ids, cells), *_named(names, cells)]
        is_of_rows = 2 * len({row for row, _ in rows}) >= sum(map(bool, cells))
        steps = [b - a for row, other in rows if (a := tiers[row]) and (b := tiers[other])]
        for field, (sign, why) in _ENDS.items() if is_of_rows else ():
            along = sum(sign * step > 0 for step in steps)
            if along >= _LEAST and along >= _MOSTLY * len(steps):
                chooser.take(field, column, 0.6, why)
                return


_ENDS = {
    "buyer": (-1, "it names rows of this list whose tier is lower"),
    "supplied_by": (1, "it names rows of this list whose tier is higher"),
}


def choose_suppliers_by_names(chooser: ColumnChooser) -> None:
    """A column called "Sub-suppliers" names suppliers where half of its cells name other rows."""
    if "name" not in chooser.columns or chooser.columns.keys() & _ENDS.keys():
        return
    names = chooser.cells_by_row(chooser.columns["name"])
    for column in chooser.free():
        cells = chooser.cells_by_row(column)
        rows = {row for row, _ in _named(names, cells)}
        is_called = squeeze(column) in words().source_headings
        if is_called and len(rows) >= _LEAST and len(rows) >= _HALF * sum(map(bool, cells)):
            chooser.take("supplied_by", column, 0.8, "its values are names of this list")
            return


def _refer(ids: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether at least half of the cells that look like ids, and two of them, name other rows.

    Other cells of a column of buyers may hold the name of the own business.
    """
    shapes = IdShapes(ids)
    rows = {row for row, _ in _references(ids, cells)}
    alike = sum(bool(cell and shapes.split(cell)) for cell in cells)
    return len(rows) >= _LEAST and len(rows) >= _HALF * alike


def _references(ids: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Row and the other row whose id is in its cell, alone or with more ids.

    Bare numbers are none: years, counts and numbers of rows would name rows by chance.
    """
    shapes, places = IdShapes(ids), {one: row for row, one in enumerate(ids) if _has_letter(one)}
    for row, cell in enumerate(cells):
        named = (places.get(part) for part in (shapes.split(cell) if cell else ()))
        yield from ((row, other) for other in named if other is not None and other != row)


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _named(names: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Row and another row whose name is its cell, alone or with more names."""
    places = {squeeze(name): row for row, name in enumerate(names) if name}
    for row, cell in enumerate(cells):
        parts = dict.fromkeys((cell, *parts_of(cell))) if cell else ()
        others = (places.get(squeeze(part)) for part in parts)
        yield from ((row, other) for other in others if other is not None and other != row)
