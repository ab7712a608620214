"""Tables as pandas DataFrames: typed values without display texts.

Loaded by `ddplatform/documents/tables/__init__.py` when values are first asked for (decision 23).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.documents.words import guarded_count

UNKNOWN: dict[Kind, str] = {
    Kind.NUMBER: "Int64",
    Kind.SHARE: "float64",
    Kind.SCORE: "float64",
    Kind.INDEX: "float64",
    Kind.DATE: "datetime64[us]",
}
"""Of which type a column is in which nothing is known; others are texts."""
MOST_WHOLE = 2**63
"""Whole numbers from here on have no place in a column of whole numbers."""


def to_dataframe(table: Table) -> pd.DataFrame:
    """The values of a table: a column for each of its columns, called by its key.

    A missing value is missing (`isna()`), whatever word other files show for it: never 0 and
    never an empty text.

    - Whole numbers are `Int64`; other numbers, and all shares, `float64`. A share is 0 to 1, an
      index 0 to 100; what else a number is says the title of its column.
    - Days are `datetime64`, at midnight, without a time zone.
    - Texts are `str`. Bands and words of a vocabulary are given as their codes (`critical`,
      `under_review`), countries as ISO 3166-1 alpha-2, and counts of people as they may be told:
      "<5" for 1 to 4 (SUPP-1).
    - A column with words among its numbers is `object`, each cell as it is.

    A key that occurs twice is numbered (`place`, `place_2`), since respondents' forms name their
    questions as they like. `attrs` has the `title` of the table and the `titles` of its columns.
    """
    names = _names(table.columns)
    cells = zip(*table.rows, strict=True) if table.rows else ((),) * len(names)
    columns = zip(names, cells, table.columns, strict=True)
    frame = pd.DataFrame({name: _typed(values, column) for name, values, column in columns})
    titles = {name: column.title for name, column in zip(names, table.columns, strict=True)}
    frame.attrs = {"title": table.title, "titles": titles}
    return frame


def _names(columns: Sequence[Column]) -> list[str]:
    names: list[str] = []
    for column in columns:
        name, number = column.key, 1
        while name in names:
            number += 1
            name = f"{column.key}_{number}"
        names.append(name)
    return names


def _typed(cells: Sequence[Cell], column: Column) -> "pd.Series[Any]":
    values = [None if cell == "" else cell for cell in cells]
    if column.kind is Kind.PEOPLE:
        told = [None if value is None else guarded_count(value) for value in values]
        return pd.Series(told, dtype="str")
    known = [value for value in values if value is not None]
    kind = _type_of(known, column.kind) if known else UNKNOWN.get(column.kind, "str")
    return pd.Series(values, dtype=kind)


def _type_of(known: Sequence[Cell], kind: Kind) -> str:
    if all(isinstance(value, str) for value in known):
        is_days = kind is Kind.DATE and all(_is_day(str(value)) for value in known)
        return UNKNOWN[Kind.DATE] if is_days else "str"
    if not all(isinstance(value, int | float) for value in known):
        return "object"
    is_whole = kind is not Kind.SHARE and all(
        isinstance(value, int) and abs(value) < MOST_WHOLE for value in known
    )
    return "Int64" if is_whole else "float64"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
