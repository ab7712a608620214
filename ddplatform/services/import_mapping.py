"""How the columns of a list were understood is remembered for the next list of that kind."""

import hashlib
import json
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.models.value_chain import ColumnMapping
from supply_chain.drafts import Mapping, TableMapping
from supply_chain.intake.columns import find_header_row, unique_header
from supply_chain.intake.sheets import Table

SIDES = ("nodes", "links")


def headings_key(tables: Sequence[Table]) -> str | None:
    """What makes two lists alike: the headings of all tables; None where there is no table."""
    return _hash(sorted(map(_table_key, tables))) if tables else None


def recall(tables: Sequence[Table]) -> Mapping | None:
    """How lists with these headings were understood last time, under today's file names."""
    key = headings_key(tables)
    kept = db.session.scalar(select(ColumnMapping).where(ColumnMapping.mapping_key == key))
    if kept is None:
        return None
    found: dict[str, dict[str, TableMapping]] = {side: {} for side in SIDES}
    for table in tables:
        entry = kept.mapping[_table_key(table)]
        found[entry["side"]][table.key] = TableMapping(entry["header_row"], entry["columns"])
    return Mapping(found["nodes"], found["links"])


def remember(tables: MappingOf[str, str], mapping: Mapping, *, key: str, at: datetime) -> None:
    """Keep a mapping that was applied for the next list with the same headings.

    Args:
        tables: key of each table in the mapping -> hash of its headings.
    """
    entries = {
        heading: {
            "side": side,
            "header_row": getattr(mapping, side)[table].header_row,
            "columns": dict(getattr(mapping, side)[table].columns),
        }
        for side in SIDES
        for table, heading in tables.items()
        if table in getattr(mapping, side)
    }
    kept = db.session.scalar(select(ColumnMapping).where(ColumnMapping.mapping_key == key))
    if kept is None:
        db.session.add(ColumnMapping(mapping_key=key, mapping=entries, updated_at=at))
    else:
        kept.mapping, kept.updated_at = entries, at


def heading_hashes(tables: Sequence[Table]) -> dict[str, str]:
    """Hash of the headings of each table, by the key of the table."""
    return {table.key: _table_key(table) for table in tables}


def _table_key(table: Table) -> str:
    return _hash(unique_header(table, find_header_row(table)[0]))


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
