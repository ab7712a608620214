"""Column mapping of a list, remembered for the next list of the same kind."""

import hashlib
import json
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.imports.queries import find_column_mapping
from ddplatform.value_chain.mapping.models import ColumnMapping, MapImport
from supply_chain.intake.columns import find_header_row, unique_header
from supply_chain.intake.drafts import Mapping, TableMapping
from supply_chain.intake.sheets import Table
from supply_chain.intake.value_corrections import ValueCorrection

SIDES = ("nodes", "links")


def headings_key(tables: Sequence[Table]) -> str | None:
    """The key of equal lists: the headings of all tables; None where there is no table."""
    return _hash(sorted(map(_table_key, tables))) if tables else None


@dataclass(frozen=True)
class Memory:
    """The last column mapping of lists with these headings, under today's file names."""

    mapping: Mapping
    mends: tuple[ValueCorrection, ...]
    files: list[str]
    """The files of that time."""
    at: datetime


def recall(tables: Sequence[Table]) -> Memory | None:
    """The remembered column mapping of lists with these headings."""
    kept = find_column_mapping(headings_key(tables))
    if kept is None:
        return None
    found: dict[str, dict[str, TableMapping]] = {side: {} for side in SIDES}
    mends: list[ValueCorrection] = []
    for table in tables:
        heading = _table_key(table)
        entry = kept.mapping.get(heading)
        if entry is None:
            continue  # a sheet that was no list
        found[entry["side"]][table.key] = TableMapping(entry["header_row"], entry["columns"])
        mends += [
            ValueCorrection(table.key, mend["column"], mend["value"], mend["put"])
            for mend in kept.mends
            if mend["heading"] == heading
        ]
    mapping = Mapping(found["nodes"], found["links"])
    return Memory(mapping, tuple(mends), list(kept.files), kept.updated_at)


def remember(row: MapImport, *, at: datetime) -> None:
    """Keep how an applied list was understood, for the next one with the same headings."""
    if row.mapping_key is None:
        return
    tables: MappingOf[str, str] = row.counts.get("headings", {})
    entries = {
        heading: {
            "side": side,
            "header_row": row.mapping[side][table]["header_row"],
            "columns": row.mapping[side][table]["columns"],
        }
        for side in SIDES
        for table, heading in tables.items()
        if table in row.mapping.get(side, {})
    }
    mends = [
        {
            "heading": tables[mend["table"]],
            "column": mend["column"],
            "value": mend["value"],
            "put": mend["put"],
        }
        for mend in row.mends
        if mend["table"] in tables
    ]
    kept = find_column_mapping(row.mapping_key)
    if kept is None:
        kept = ColumnMapping(mapping_key=row.mapping_key)
        db.session.add(kept)
    kept.mapping, kept.mends, kept.updated_at = entries, mends, at
    kept.files = [entry["name"] for entry in row.files]


def heading_hashes(tables: Sequence[Table]) -> dict[str, str]:
    """Hash of the headings of each table, by the key of the table."""
    return {table.key: _table_key(table) for table in tables}


def _table_key(table: Table) -> str:
    return _hash(unique_header(table, find_header_row(table)[0]))


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
