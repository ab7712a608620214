"""Export of a map: JSON, CSV and XLSX, which can be imported unchanged, and two graph formats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

import supply_chain.graph
from supply_chain import lazy
from supply_chain.errors import SupplyChainError
from supply_chain.graph.files import Cell, GraphPart
from supply_chain.graph.labels import GROUP, TAGS
from supply_chain.intake.cells import attribute_to_text, column_of_key, shield
from supply_chain.intake.columns import LINK_COLUMNS, OWN_NODE_COLUMNS
from supply_chain.intake.drafts import Json, LinkDraft, NamedBytes, NodeDraft
from supply_chain.intake.node_rows import TEXT_ATTRIBUTES
from supply_chain.intake.value_chain_json import FORMAT
from supply_chain.intake.words import squeeze, words

ExportForm = Literal["json", "csv", "xlsx", "graphml", "node-link"]
MAX_CELL_CHARACTERS = 32_767
# Whole numbers beyond this lose digits in a spreadsheet.
_MAX_EXACT_NUMBER = 2**53
_COORDINATES = ("latitude", "longitude")


def export_map(
    nodes: Sequence[NodeDraft],
    links: Sequence[LinkDraft],
    *,
    name: str,
    as_of: date,
    form: ExportForm,
    note: str | None = None,
) -> tuple[NamedBytes, ...]:
    """Write a map; CSV is two files, nodes and links, the other forms one.

    The same map gives the same bytes. Reading JSON, CSV or XLSX again gives the same map.

    Args:
        note: what a reader has to know of the coordinates: a file of its own beside CSV, a comment
            at their columns in XLSX, a description in GraphML, an attribute of the graph in
            node-link JSON. JSON holds none.

    Raises:
        SupplyChainError: a text is too long for a spreadsheet cell (JSON has no such limit).
    """
    if form == "json":
        return (NamedBytes("value-chain.json", _json(nodes, links, name, as_of)),)
    if form == "graphml":
        graph = supply_chain.graph.write_graphml(*map_parts(nodes, links), name=name, note=note)
        return (NamedBytes("value-chain.graphml", graph),)
    if form == "node-link":
        graph = supply_chain.graph.write_node_link(*map_parts(nodes, links), name=name, note=note)
        return (NamedBytes("value-chain.node-link.json", graph),)
    tables = {"nodes": _node_table(nodes), "links": _link_table(links)}
    if form == "csv":
        made = [NamedBytes(f"{what}.csv", _csv(rows)) for what, rows in tables.items()]
        return (*made, *([NamedBytes("note.txt", f"{note}\n".encode())] if note else []))
    return (NamedBytes("value-chain.xlsx", _xlsx(tables, as_of, note)),)


def _json(nodes: Sequence[NodeDraft], links: Sequence[LinkDraft], name: str, as_of: date) -> bytes:
    document = {
        "format": FORMAT,
        "name": name,
        "as_of": as_of.isoformat(),
        "nodes": [asdict(node) for node in nodes],
        "links": [asdict(link) for link in links],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, default=date.isoformat)
    # A lone half of a surrogate pair stays the JSON escape it came as.
    return text.encode("utf-8", "backslashreplace")


def _node_table(nodes: Sequence[NodeDraft]) -> list[list[Cell]]:
    schemes = sorted({scheme for node in nodes for scheme in node.external_ids})
    keys = sorted({key for node in nodes for key in node.attributes})
    header: list[Cell] = [
        *OWN_NODE_COLUMNS,
        *(column_of_key(scheme, "external_ids.") for scheme in schemes),
        *map(_attribute_column, keys),
    ]
    return [header, *(_node_cells(node, schemes, keys) for node in nodes)]


def _attribute_column(key: str) -> str:
    """The key itself, with a prefix where a reader would take it for something else."""
    mistakable = (
        key in OWN_NODE_COLUMNS
        or key.startswith(("attributes.", "external_ids.", "Column "))
        or squeeze(key) in words().ignored_columns
    )
    plain = not mistakable and column_of_key(key, "") == key
    return key if plain else column_of_key(key, "attributes.")


def _node_cells(node: NodeDraft, schemes: list[str], keys: list[str]) -> list[Cell]:
    fixed = [_cell(getattr(node, column)) for column in OWN_NODE_COLUMNS]
    ids = [node.external_ids.get(scheme, "") for scheme in schemes]
    others = [_attribute(key, node.attributes) for key in keys]
    return [*fixed, *ids, *others]


def _attribute(key: str, attributes: Mapping[str, Json]) -> Cell:
    if key not in attributes:
        return ""
    value = attributes[key]
    if isinstance(value, str) and key in (*TEXT_ATTRIBUTES, GROUP):
        return value
    if key == TAGS and isinstance(value, list):
        return "|".join(map(str, value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if abs(value) < _MAX_EXACT_NUMBER else attribute_to_text(value)
    return attribute_to_text(value)


def _link_table(links: Sequence[LinkDraft]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(LINK_COLUMNS)]
    rows += [[_cell(getattr(link, column)) for column in LINK_COLUMNS] for link in links]
    return rows


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "|".join(value)
    return value if isinstance(value, int | float) else str(value)


def _is_exact_in_workbook(number: float) -> bool:
    """Workbooks hold sixteen digits; a number that needs one more is exported as text."""
    return float(f"{number:.16G}") == number


def _checked(cell: Cell) -> Cell:
    if isinstance(cell, str) and len(cell) > MAX_CELL_CHARACTERS:
        raise SupplyChainError(
            f"The text “{cell[:40]}...” is too long for a cell; export the map as JSON."
        )
    return cell


def _csv(rows: list[list[Cell]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for row in rows:
        writer.writerow([shield(c) if isinstance(c, str) else c for c in map(_checked, row)])
    return stream.getvalue().encode("utf-8")


def _xlsx(tables: dict[str, list[list[Cell]]], as_of: date, note: str | None) -> bytes:
    """Two sheets; texts are written as texts, so that nothing in them ever runs."""
    stream = io.BytesIO()
    book = lazy.quoted_cells.TextBook(stream, {"in_memory": True, "constant_memory": True})
    book.set_properties({"created": datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001
    for name, rows in tables.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(map(_checked, row)):
                if isinstance(cell, int | float) and _is_exact_in_workbook(cell):
                    sheet.write_number(number, place, cell)
                else:
                    sheet.write_string(number, place, str(cell))
        for place, title in enumerate(rows[0] if note else ()):
            if title in _COORDINATES:
                sheet.write_comment(0, place, note)
    book.close()
    return stream.getvalue()


def map_parts(
    nodes: Sequence[NodeDraft], links: Sequence[LinkDraft]
) -> tuple[GraphPart, GraphPart]:
    """The nodes and the links of a map, or of any part of it, for a graph.

    Their columns are those of the CSV; coordinates and shares are numbers.
    """
    (node_header, *node_rows), (link_header, *link_rows) = _node_table(nodes), _link_table(links)
    return (
        GraphPart(
            [*map(str, node_header)],
            node_rows,
            [(node.id,) for node in nodes],
            frozenset(_COORDINATES),
        ),
        GraphPart(
            [*map(str, link_header)],
            link_rows,
            [(link.supplier, link.buyer) for link in links],
            frozenset({"share"}),
        ),
    )
