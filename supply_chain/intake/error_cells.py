"""Error cells of a spreadsheet (#REF!, #N/A): read as blank, reported once a column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from supply_chain.intake.cells import CellFault
from supply_chain.intake.passed_rows import Row

ERRORS = frozenset(
    (
        *("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
        *("#N/A", "#FIELD!"),
        # As spreadsheets in German, French, Spanish, Portuguese and Turkish write them into CSV.
        *("#BEZUG!", "#WERT!", "#NV", "#ZAHL!"),
        *("#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!"),
        *("#N/D", "#¡REF!", "#¡VALOR!", "#¿NOMBRE?", "#¡DIV/0!", "#¡NUM!", "#¡NULO!"),
        *("#VALOR!", "#NOME?", "#NÚM!", "#NULO!"),
        *("#YOK", "#BAŞV!", "#DEĞER!", "#AD?", "#SAYI/0!", "#SAYI!", "#BOŞ!"),
    )
)
_ROWS_NAMED = 20


def is_error(cell: str) -> bool:
    """Whether a cell shows the error of a formula."""
    return cell[:1] == "#" and cell.strip().upper() in ERRORS


def without_errors(
    rows: Sequence[Row], header: Sequence[str], kept: Collection[int]
) -> tuple[list[Row], list[tuple[int, str, str, CellFault]]]:
    """The rows with error cells as blanks, and their report: row, column, value and remark.

    Args:
        kept: places of columns that stay as they are: an error is no name and no id.
    """
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    plain: list[Row] = []
    for number, cells in rows:
        errors = [at for at in _marked(cells) if at not in kept]
        for at in errors:
            found[at].append((number, cells[at].strip()))
        if errors:
            cells = tuple("" if at in errors else cell for at, cell in enumerate(cells))
        plain.append((number, cells))
    return plain, [_told(header, at, places) for at, places in sorted(found.items())]


def _marked(cells: tuple[str, ...]) -> Iterator[int]:
    return (at for at, cell in enumerate(cells) if cell and cell[0] == "#" and is_error(cell))


def _told(
    header: Sequence[str], at: int, places: list[tuple[int, str]]
) -> tuple[int, str, str, CellFault]:
    column = header[at] if at < len(header) else f"column {at + 1}"
    values = ", ".join(dict.fromkeys(value for _, value in places))
    rows = ", ".join(str(row) for row, _ in places[:_ROWS_NAMED])
    more = " and others" if len(places) > _ROWS_NAMED else ""
    cells = "1 cell shows" if len(places) == 1 else f"{len(places)} cells show"
    remark = CellFault(
        f"{cells} the error of a formula and were read as blank: rows {rows}{more}."
        if len(places) > 1
        else f"{cells} the error of a formula and was read as blank: row {rows}.",
        "Correct the formula in a spreadsheet program, or replace it by its value.",
    )
    return places[0][0], column, values, remark
