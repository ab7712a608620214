"""Grouping of long tables on paper: equal rows as one, with their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.documents.content import Align, Cell, Column, Kind, Table
from ddplatform.documents.definitions.plans import BlockPlan
from ddplatform.documents.words import cell_words

COUNT = Column("count", "How many", 1.0, Align.RIGHT, Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class Paper:
    """Print layout of a table: rows alike in `group`, the first `shown`, only `columns`.

    `name` is the column that differs within a group: it reads "Farm and 4 more".
    """

    group: tuple[str, ...]
    columns: tuple[str, ...]
    name: str
    shown: int


def paper_of(plan: BlockPlan) -> Paper | None:
    """The print layout of a plan's table, where it differs from the files."""
    raw = plan.options.get("paper")
    if not isinstance(raw, Mapping):
        return None
    return Paper(tuple(raw["group"]), tuple(raw["columns"]), str(raw["name"]), int(raw["shown"]))


def printed_table(table: Table, paper: Paper) -> Table | None:
    """The table as it is printed; None where it is short enough to be printed as it is.

    Rows are alike where their cells read the same; a group takes the place of its first row.
    """
    if len(table.rows) <= paper.shown:
        return None
    groups: dict[tuple[str, ...], list[Sequence[Cell]]] = {}
    by = [place for place, column in enumerate(table.columns) if column.key in paper.group]
    for row in table.rows:
        key = tuple(cell_words(row[place], table.columns[place]) for place in by)
        groups.setdefault(key, []).append(row)
    kept = [place for place, column in enumerate(table.columns) if column.key in paper.columns]
    shown = list(groups.values())[: paper.shown]
    return Table(
        table.ref,
        table.title,
        (*(table.columns[place] for place in kept), COUNT),
        tuple(
            (*(_cell(rows, table.columns[place], place, paper) for place in kept), len(rows))
            for rows in shown
        ),
        note=f"{_note(len(table.rows), len(groups), sum(map(len, shown)))} {table.note}".strip(),
    )


def _cell(rows: Sequence[Sequence[Cell]], column: Column, place: int, paper: Paper) -> Cell:
    first = rows[0][place]
    if column.key != paper.name or len(rows) == 1:
        return first
    return f"{cell_words(first, column)} and {len(rows) - 1:,} more"


def _note(total: int, groups: int, told: int) -> str:
    """The number of rows here, and the location of the others."""
    alike = f"Rows that read the same stand as one: {groups:,} of {total:,}."
    if told == total:
        return f"{alike} The workbook (XLSX) lists each of them."
    return (
        f"{alike} The highest {told:,} are told here; {total - told:,} more, and each row by "
        "itself, stand in the workbook (XLSX)."
    )
