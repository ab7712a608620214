"""Draft of a map from value-chain files, with every problem reported, never only the first."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from supply_chain.errors import FileRefused
from supply_chain.intake.assembly import Assembly
from supply_chain.intake.bought_shares import read_beside_links
from supply_chain.intake.cells import CellFault
from supply_chain.intake.column_guess import guess_mapping
from supply_chain.intake.columns import with_samples
from supply_chain.intake.company_columns import without_idle_terms
from supply_chain.intake.drafts import MapDraft, Mapping, NamedBytes, TableMapping
from supply_chain.intake.findings import Findings, RowLog
from supply_chain.intake.link_rows import LinkRow, read_link_rows
from supply_chain.intake.mapping_json import columns_as_json, mapping_as_json, mapping_from_json
from supply_chain.intake.node_rows import NodeRow, read_node_rows
from supply_chain.intake.sheets import Table, read_tables
from supply_chain.intake.table_view import TableView
from supply_chain.intake.value_chain_json import is_json, read_json
from supply_chain.intake.whole_map import circle_notes, share_notes

__all__ = [
    "columns_as_json",
    "guess_mapping",
    "mapping_as_json",
    "mapping_from_json",
    "read_map",
    "read_tables",
]


def read_map(
    files: Sequence[NamedBytes],
    mapping: Mapping | None = None,
    *,
    tables: Sequence[Table] | None = None,
    known_ids: frozenset[str] = frozenset(),
    link_to: str | None = None,
    own: MappingOf[str, str] | None = None,
    activities: MappingOf[str, str] | None = None,
) -> MapDraft:
    """Read CSV, XLSX, XLS and value-chain JSON files as one import.

    Args:
        files: all files of the import; nodes and links may be in different ones.
        mapping: how to read tables, by sheet or file name; tables it leaves out are guessed.
        tables: the tables of the files, where they were read before and perhaps corrected.
        known_ids: ids of nodes that the map already has; links may point to them.
        link_to: id of a buyer (the focal company) that every listed node without a buyer of its
            own, in its row or in a table of links, is linked to as a supplier.
        own: names of the businesses of the map's owner -> their ids; who is named so in no row
            of its own is that business.
        activities: words for what places do -> ref of the sector that a person chose for them.

    Returns:
        The draft. Rows with problems are left out of its nodes and links.

    Raises:
        FileRefused: a whole file cannot be read, or there is no row in any.
    """
    findings = Findings(activities)
    if tables is None:
        tables = read_tables([file for file in files if not is_json(file)])
    used = _complete(mapping, tables, link_to)
    _tell_strangers(mapping, tables, findings)
    rows = _read_rows(files, tables, used, findings)
    if not rows.count and not findings.problems:
        raise _no_rows(files)
    assembly = Assembly(findings, known_ids, own or {})
    links_alone = not (used.nodes or known_ids or any(map(is_json, files)))
    _put_together(assembly, rows, link_to, links_alone=links_alone)
    read_beside_links(assembly, used, link_to)
    return replace(
        _draft(assembly),
        mapping=used,
        rows=rows.count,
        skipped=findings.faulty_rows,
        formats=tuple(table.format for table in tables if table.format),
    )


@dataclass
class _Rows:
    """Rows of all files of an import, in the order of the files."""

    nodes: list[NodeRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    count: int = 0


def _put_together(
    assembly: Assembly, rows: _Rows, link_to: str | None, *, links_alone: bool
) -> None:
    """Take in all rows; a list of links alone makes companies of their ends."""
    assembly.add_nodes(rows.nodes)
    assembly.resolve_operators()
    assembly.hear_links(rows.links)
    assembly.add_row_links(rows.nodes, link_to)
    assembly.add_links(rows.links, makes_companies=links_alone)
    assembly.open_operator_circles()


def _read_rows(
    files: Sequence[NamedBytes], tables: Sequence[Table], used: Mapping, findings: Findings
) -> _Rows:
    rows = _Rows()
    for file in filter(is_json, files):
        nodes, links, count = read_json(file, findings)
        rows.nodes += nodes
        rows.links += links
        rows.count += count
    for table in tables:
        log = RowLog(findings, table.file, table.sheet)
        if table.format and not table.format.is_certain:
            log.note(None, table.format.encoding, _ENCODING_ASSUMED)
        if table.is_turned:
            log.note(None, None, _TURNED)
        if table.key in used.links:
            view = TableView(table, used.links[table.key], log)
            rows.links += read_link_rows(view)
        elif table.key in used.nodes:
            how = used.nodes[table.key]
            view = TableView(table, how, log)
            rows.nodes += read_node_rows(view)
            _tell_doubt(how, log)
        else:
            log.note(None, table.sheet, _NOT_A_LIST)
            continue
        rows.count += view.rows_read
    return rows


def _tell_doubt(how: TableMapping, log: RowLog) -> None:
    """Say which columns were taken for a field though no heading says so."""
    log.start(how.header_row)
    for guess in how.guesses:
        if guess.confidence < _SURE:
            remark = CellFault(
                f"No heading tells the {guess.field}, so “{guess.column}” was taken:"
                f" {guess.reason}.",
                "Look at how the columns were understood, and correct it if that is not right.",
            )
            log.note(guess.column, None, remark)


_SURE = 0.5
_ENCODING_ASSUMED = CellFault(
    "The file was read as Windows-1252 (Western Europe): nothing in it says its encoding.",
    "Look whether the letters of the names are right; if not, save the file as UTF-8.",
)
_TURNED = CellFault(
    "The list stands on its side, one supplier in each column, and was turned: row 2 is column B.",
    "Turn it in a spreadsheet program (Paste special, Transpose) to see the same row numbers.",
)
_NOT_A_LIST = CellFault(
    "The sheet was not read: it has no known column name, or is called like one of notes.",
    "Name its columns (name, country, address ...), or give a mapping, if it holds suppliers.",
)


def _no_rows(files: Sequence[NamedBytes]) -> FileRefused:
    return FileRefused(
        "no_rows",
        f"There is no row of a supplier, site or link in {', '.join(file.name for file in files)}.",
        "Send a list with its headings and at least one row under them.",
    )


def _tell_strangers(mapping: Mapping | None, tables: Sequence[Table], findings: Findings) -> None:
    """Say which tables of a mapping are in none of the files: a name may be mistyped."""
    keys = {table.key: None for table in tables}
    named = {**mapping.nodes, **mapping.links} if mapping else {}
    for key in named.keys() - keys:
        remark = CellFault(
            f"The mapping is of a table “{key}” that is in none of the files.",
            f"Its tables are called: {', '.join(keys) or 'none has columns'}.",
        )
        RowLog(findings, key, None).note(None, key, remark)


def _complete(mapping: Mapping | None, tables: Sequence[Table], link_to: str | None) -> Mapping:
    """The given mapping, and a guess for each table that it does not name."""
    given = mapping or Mapping()
    named = given.nodes.keys() | given.links.keys()
    guessed = guess_mapping([table for table in tables if table.key not in named])
    by_key = {table.key: table for table in tables}

    def known(hows: MappingOf[str, TableMapping]) -> dict[str, TableMapping]:
        return {key: with_samples(by_key[key], how) for key, how in hows.items() if key in by_key}

    nodes = {**given.nodes, **guessed.nodes}
    if link_to is None:
        nodes = {key: without_idle_terms(how) for key, how in nodes.items()}
    return Mapping(known(nodes), known({**given.links, **guessed.links}))


def _draft(assembly: Assembly) -> MapDraft:
    findings = assembly.findings
    notes = share_notes(assembly.nodes, assembly.links, assembly.link_places)
    notes += circle_notes(assembly.nodes, assembly.links, assembly.link_places)
    return MapDraft(
        nodes=tuple(assembly.nodes.values()),
        links=tuple(assembly.links.values()),
        problems=tuple(findings.problems),
        notes=(*findings.notes, *notes),
        activities=findings.activities.summary(assembly.nodes.keys()),
    )
