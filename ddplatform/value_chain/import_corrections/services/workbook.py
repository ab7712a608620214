"""Problems of an import as a workbook that can be corrected and uploaded again."""

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from ddplatform.value_chain.imports.queries import (
    Fault,
    as_problem,
    get_import,
    iter_faulty_rows,
    list_all_faults,
)
from supply_chain.intake.corrections import FaultyRow, FaultyTable, write_corrections

MAX_ROWS = 10_000
"""Faulty rows in one workbook; the next ones follow when these are corrected and read again."""


def problem_workbook(import_id: UUID) -> bytes:
    """Rows with problems, commented at the cells, and the list of all problems and remarks."""
    row = get_import(import_id, with_preview=True)
    faults = list_all_faults(row.id, limit=MAX_ROWS)
    by_id = {fault.id: fault for fault in faults}
    columns = row.preview.get("columns", {})
    tables = [
        FaultyTable(
            key=key,
            header=tuple(column["column"] for column in columns.get(key, ())),
            rows=tuple(_faulty_rows(list(entries), by_id)),
        )
        for key, entries in groupby(iter_faulty_rows(row.id, limit=MAX_ROWS), lambda one: one[0])
    ]
    first = [as_problem(fault, next(iter(fault.first_rows), None)) for fault in faults]
    return write_corrections(tables, first)


def _faulty_rows(
    entries: list[tuple[str, tuple[int, tuple[str, ...]], UUID]], by_id: dict[UUID, Fault]
) -> Iterator[FaultyRow]:
    for (number, cells), same in groupby(entries, lambda one: one[1]):
        problems = tuple(as_problem(by_id[key], number) for _, _, key in same if key in by_id)
        yield FaultyRow(number, cells, problems)
