"""How the columns of a list were understood: as JSON, corrected by a person, remembered."""

import hashlib
import json
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.errors import Invalid
from ddplatform.models.value_chain import ColumnMapping
from supply_chain.drafts import Mapping, TableMapping
from supply_chain.intake.columns import (
    LINK_COLUMNS,
    OWN_NODE_COLUMNS,
    find_header_row,
    unique_header,
)
from supply_chain.intake.sheets import Table

SIDES = ("nodes", "links")
_SHAPE = (
    'Write {"nodes": {"<sheet or file>": {"header_row": 1, "columns": '
    '{"<our field>": "<their column>"}}}, "links": {...}}.'
)
NODE_FIELDS = (*OWN_NODE_COLUMNS, "coordinates", "buyer", "share", "flow_evidence")
LINK_FIELDS = tuple(LINK_COLUMNS)


def mapping_as_json(mapping: Mapping, *, with_guesses: bool = False) -> dict[str, Any]:
    """The mapping as commands.md writes it; `with_guesses` adds why each column was taken."""
    return {
        side: {
            key: {
                "header_row": table.header_row,
                "columns": dict(table.columns),
                **({"guesses": [asdict(g) for g in table.guesses]} if with_guesses else {}),
            }
            for key, table in getattr(mapping, side).items()
        }
        for side in SIDES
    }


def read_mapping(document: Any) -> Mapping:
    """A mapping from its JSON.

    Raises:
        Invalid: it has another shape.
    """
    if not isinstance(document, dict) or set(document) - set(SIDES):
        raise Invalid("The mapping has another shape than expected.", _SHAPE)
    return Mapping(*(_side(document.get(side, {})) for side in SIDES))


def _side(tables: Any) -> dict[str, TableMapping]:
    if not isinstance(tables, dict):
        raise Invalid("The mapping has another shape than expected.", _SHAPE)
    return {str(key): _table(key, table) for key, table in tables.items()}


def _table(key: str, table: Any) -> TableMapping:
    columns = table.get("columns") if isinstance(table, dict) else None
    header_row = table.get("header_row", 1) if isinstance(table, dict) else None
    is_sound = (
        isinstance(columns, dict)
        and isinstance(header_row, int)
        and header_row >= 1
        and all(isinstance(item, str) for pair in columns.items() for item in pair)
    )
    if not is_sound or columns is None or header_row is None:
        raise Invalid(f"The mapping of “{key}” has another shape than expected.", _SHAPE)
    return TableMapping(header_row, columns)


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
