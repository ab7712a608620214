"""JSON form of a mapping, for exchange between commands and pages."""

from __future__ import annotations

import re
from typing import TypeGuard

from supply_chain.errors import FileRefused
from supply_chain.intake.columns import LINK_COLUMNS, ROW_LINK_FIELDS
from supply_chain.intake.drafts import Json, Mapping, TableMapping
from supply_chain.intake.grid_points import GRID_FIELDS
from supply_chain.intake.words import words

_OF_COMPANY = re.compile(r"chain\.[1-8]\.(?:country|address|parent)|(?:buyer|operated_by)\.country")
_SHAPE = (
    'Send {"nodes": {"<sheet or file>": {"header_row": 1, "columns": {"name": "<their column>"}}},'
    ' "links": {...}}.'
)


def mapping_as_json(mapping: Mapping) -> dict[str, Json]:
    """Return header rows and columns by table; guesses and their reasons are left out."""
    return {
        "nodes": {key: _table_as_json(table) for key, table in mapping.nodes.items()},
        "links": {key: _table_as_json(table) for key, table in mapping.links.items()},
    }


def _table_as_json(table: TableMapping) -> Json:
    return {"header_row": table.header_row, "columns": dict(table.columns)}


def columns_as_json(mapping: Mapping) -> dict[str, Json]:
    """Information beside a mapping for pages and programs: every column of every table.

    Table key -> list, in the order of the columns, of `{"column", "field", "confidence",
    "reason", "samples", "of_people"}`: their name; our field or null; how sure the guess is, 0..1,
    null where a person chose; why, null likewise; up to three different values; whether it tells
    of people.
    """
    tables = {**mapping.nodes, **mapping.links}
    return {key: _columns_of(table) for key, table in tables.items()}


def _columns_of(table: TableMapping) -> list[Json]:
    fields = {column: field for field, column in table.columns.items()}
    guesses = {guess.column: guess for guess in table.guesses}
    return [
        {
            "column": name,
            "field": fields.get(name),
            "confidence": guesses[name].confidence if name in guesses else None,
            "reason": guesses[name].reason if name in guesses else None,
            "samples": list(table.samples.get(name, ())),
            "of_people": name in table.of_people,
        }
        for name in table.header
    ]


def mapping_from_json(document: object) -> Mapping:
    """Read a mapping that was shown, perhaps corrected by a person.

    Raises:
        FileRefused: the shape is another one, or a field is none of ours.
    """
    if not isinstance(document, dict) or not document.keys() <= {"nodes", "links"}:
        raise FileRefused("mapping", "The mapping is not of the known shape.", _SHAPE)
    tables = words()
    node_fields = {*tables.node_columns, *tables.chain_columns, *ROW_LINK_FIELDS, *GRID_FIELDS}
    return Mapping(
        _tables_from_json(document.get("nodes", {}), node_fields),
        _tables_from_json(document.get("links", {}), set(LINK_COLUMNS)),
    )


def _tables_from_json(tables: object, known: set[str]) -> dict[str, TableMapping]:
    if not isinstance(tables, dict):
        raise FileRefused("mapping", "The mapping is not of the known shape.", _SHAPE)
    return {key: _table_from_json(key, table, known) for key, table in tables.items()}


def _table_from_json(key: str, table: object, known: set[str]) -> TableMapping:
    header_row = table.get("header_row", 1) if isinstance(table, dict) else None
    columns = table.get("columns") if isinstance(table, dict) else None
    if not _is_row(header_row) or not _is_columns(columns):
        raise FileRefused("mapping", f"The mapping of “{key}” has another shape.", _SHAPE)
    unknown = [field for field in columns if field not in known and not _is_open(field)]
    if unknown:
        raise FileRefused(
            "mapping",
            f"The mapping of “{key}” names fields that are not ours: {', '.join(unknown)}.",
            f"Use: {', '.join(sorted(known))}.",
        )
    return TableMapping(header_row, columns)


def _is_row(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_columns(value: object) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def _is_open(field: str) -> bool:
    return field.startswith(("external_ids.", "attributes.")) or bool(_OF_COMPANY.fullmatch(field))
