"""Problems and remarks of an import: each stored once for all rows that share it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.value_chain.imports.models import ImportFault, ImportFaultRow
from supply_chain.intake.countries import suggest_country
from supply_chain.intake.drafts import MapDraft, RowProblem, TableMapping
from supply_chain.intake.sheets import Table
from supply_chain.intake.value_corrections import HiddenCells, column_of, field_of

ROWS_NAMED = 20
SUGGESTED = 200
"""Suggestions cost milliseconds each: the values of most rows get one."""
_ONE_CODE = re.compile(r"[^()]*\(([A-Z]{2})\)")


@dataclass
class _Fault:
    """All rows with the same problem of the same value."""

    first: RowProblem
    is_problem: bool
    table_key: str | None
    kind: str
    column: str | None
    rows: list[int] = field(default_factory=list)
    count: int = 0


def keep_faults(import_id: UUID, draft: MapDraft, tables: Sequence[Table]) -> dict[str, Any]:
    """Keep all problems and remarks of a reading; those of an earlier one go.

    Returns:
        {"problems": {kind: [faults, rows]}, "notes": ...}, to page and filter without counting.
    """
    for model in (ImportFaultRow, ImportFault):
        db.session.execute(
            delete(model)
            .where(model.import_id == import_id)
            .execution_options(synchronize_session=False)
        )
    by_place = {(table.file, table.sheet): table for table in reversed(tables)}
    faults = sorted(_gathered(draft, by_place), key=lambda fault: -fault.count)
    keys = rising_keys(len(faults))
    places = {True: count(1), False: count(1)}
    insert_rows(
        ImportFault,
        [
            _fault_row(fault, key, next(places[fault.is_problem]), import_id)
            for key, fault in zip(keys, faults, strict=True)
        ],
    )
    insert_rows(ImportFaultRow, list(_faulty_rows(faults, keys, import_id, by_place, _hows(draft))))
    return _kinds(faults)


def _gathered(draft: MapDraft, by_place: Mapping[tuple[str, str | None], Table]) -> list[_Fault]:
    hows = _hows(draft)
    found: dict[tuple[object, ...], _Fault] = {}
    for is_problem, entries in ((True, draft.problems), (False, draft.notes)):
        for entry in entries:
            same = (entry.file, entry.sheet, entry.column, entry.value)
            key = (is_problem, *same, entry.problem, entry.advice)
            fault = found.get(key)
            if fault is None:
                table = by_place.get((entry.file, entry.sheet))
                fault = found[key] = _new_fault(entry, is_problem, table, hows)
            fault.count += 1
            if entry.row is not None and (is_problem or len(fault.rows) < ROWS_NAMED):
                fault.rows.append(entry.row)
    return list(found.values())


def _hows(draft: MapDraft) -> dict[str, TableMapping]:
    """The way each table was read, by its key."""
    return {**draft.mapping.nodes, **draft.mapping.links}


def _new_fault(
    entry: RowProblem, is_problem: bool, table: Table | None, hows: Mapping[str, TableMapping]
) -> _Fault:
    how = hows.get(table.key) if table else None
    return _Fault(
        entry,
        is_problem,
        table_key=table.key if table else None,
        kind=field_of(entry, how),
        column=column_of(entry, how) if how else None,
    )


def _fault_row(fault: _Fault, key: UUID, place: int, import_id: UUID) -> dict[str, Any]:
    first = fault.first
    return {
        "id": key,
        "import_id": import_id,
        "is_problem": fault.is_problem,
        "place": place,
        "kind": fault.kind,
        "table_key": fault.table_key,
        "file": first.file,
        "sheet": first.sheet,
        "column": fault.column or first.column,
        "value": first.value,
        "problem": first.problem,
        "advice": first.advice,
        "suggestion": _suggestion(fault) if place <= SUGGESTED else None,
        "row_count": fault.count,
        "first_rows": fault.rows[:ROWS_NAMED],
    }


def _suggestion(fault: _Fault) -> str | None:
    """The code of the one country that a value is most like."""
    if not fault.is_problem or fault.kind != "country" or not fault.first.value:
        return None
    near = _ONE_CODE.fullmatch(suggest_country(fault.first.value) or "")
    return near[1] if near else None


def _faulty_rows(
    faults: Sequence[_Fault],
    keys: Sequence[UUID],
    import_id: UUID,
    by_place: Mapping[tuple[str, str | None], Table],
    hows: Mapping[str, TableMapping],
) -> Iterator[dict[str, Any]]:
    """Each faulty row as people are shown it: without the cells that tell of people."""
    hidden = {
        table.key: HiddenCells(table, how.header_row, tuple(how.columns.values()))
        for table in by_place.values()
        if (how := hows.get(table.key)) is not None
    }
    for fault, key in zip(faults, keys, strict=True):
        table = by_place.get((fault.first.file, fault.first.sheet))
        if table is None or not fault.is_problem:
            continue
        for row in fault.rows:
            cells = table.rows[row - 1] if row <= len(table.rows) else ()
            if table.key in hidden:
                cells = hidden[table.key].shown(cells)
            yield {
                "import_id": import_id,
                "fault_id": key,
                "table_key": table.key,
                "row": row,
                "cells": list(cells),
            }


def _kinds(faults: Sequence[_Fault]) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = {"problems": {}, "notes": {}}
    for name, is_problem in (("problems", True), ("notes", False)):
        some = [fault for fault in faults if fault.is_problem is is_problem]
        counted = Counter(fault.kind for fault in some)
        rows: Counter[str] = Counter()
        for fault in some:
            rows[fault.kind] += fault.count
        found[name] = {kind: [count, rows[kind]] for kind, count in counted.most_common()}
    return found
