"""Content of an answer, in one form for pages, commands and files."""

from dataclasses import dataclass
from typing import Any

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.risk.analysis_answers.queries.questions import Analysis, Basis
from ddplatform.value_chain.graph.queries.study import Spot

Value = Cell | Spot | tuple[Spot, ...]
ARROW = " ← "


@dataclass(frozen=True)
class Sheet:
    """One table of an answer; cells may name nodes, and ways as several nodes."""

    ref: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    empty: str
    note: str = ""
    bar: str = ""
    """Key of the column that is drawn as a bar."""


@dataclass(frozen=True)
class Figure:
    """One number that answers at a glance; `value` None is not known."""

    key: str
    label: str
    value: float | int | None
    kind: Kind
    note: str = ""


@dataclass(frozen=True)
class Answer:
    """An analysis with the whole content of a page, a command or a file."""

    what: Analysis
    about: tuple[Spot, ...]  # the node, or the two ends; none: the whole business
    sentence: str
    figures: tuple[Figure, ...]
    sheets: tuple[Sheet, ...]


def document_of(answer: Answer, basis: Basis) -> dict[str, Any]:
    """The answer as one JSON document; numbers unrounded, ways as lists of nodes."""
    return {
        "analysis": answer.what.value,
        "basis": vars(basis),
        "about": [_json(spot) for spot in answer.about],
        "sentence": answer.sentence,
        "figures": {figure.key: figure.value for figure in answer.figures},
        "tables": {
            sheet.ref: [
                {column.key: _json(value) for column, value in zip(sheet.columns, row, strict=True)}
                for row in sheet.rows
            ]
            for sheet in answer.sheets
        },
    }


def _json(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_json(spot) for spot in value]
    if isinstance(value, Spot):
        return {"id": value.ref or None, "name": value.name, "country": value.country}
    return value


def as_tables(answer: Answer, basis: Basis) -> tuple[Table, ...]:
    """The answer as tables of text and numbers; a node gets a second column with its id."""
    return (*(_table(sheet) for sheet in answer.sheets), _about(answer, basis))


def _table(sheet: Sheet) -> Table:
    named = {
        place
        for row in sheet.rows
        for place, value in enumerate(row)
        if isinstance(value, Spot | tuple)
    }
    columns: list[Column] = []
    for place, column in enumerate(sheet.columns):
        columns.append(column)
        if place in named:
            columns.append(Column(f"{column.key}_id", f"{column.title}: id", missing=""))
    rows = tuple(
        tuple(cell for place, value in enumerate(row) for cell in _cells(value, place in named))
        for row in sheet.rows
    )
    return Table(sheet.ref, sheet.title, tuple(columns), rows, sheet.empty, sheet.note)


def _cells(value: Value, is_named: bool) -> tuple[Cell, ...]:
    if isinstance(value, tuple):
        return ARROW.join(spot.name for spot in value), ARROW.join(spot.ref for spot in value)
    if isinstance(value, Spot):
        return value.name, value.ref or None
    return (value, None) if is_named else (value,)


def _about(answer: Answer, basis: Basis) -> Table:
    """The description in the files: the question, the key figures, their basis."""
    columns = (Column("what", "What"), Column("value", "Value", missing=""))
    rows: list[tuple[Cell, ...]] = [
        ("analysis", answer.what.value),
        ("answer", answer.sentence),
        *(("about", f"{spot.name} ({spot.ref})") for spot in answer.about),
        *((figure.label, figure.value) for figure in answer.figures),
        *((key.replace("_", " "), value) for key, value in vars(basis).items()),
    ]
    return Table("about", "About", columns, tuple(rows))
