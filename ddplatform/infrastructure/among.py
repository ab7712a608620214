"""Conditions on one of very many keys, for use in a statement."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
)

from ddplatform.infrastructure.db import db


def among(column: Any, keys: Sequence[UUID]) -> ColumnElement[bool]:
    """One of very many keys: they go over as one value, since a statement takes so many only."""
    if db.engine.dialect.name == "sqlite":
        return in_json(column, [key.hex for key in keys])
    of_keys: ColumnElement[bool] = column == any_(
        cast(literal(list(keys), ARRAY(Uuid)), ARRAY(Uuid))
    )
    return of_keys


def among_given(column: Any, name: str) -> ColumnElement[bool]:
    """The same, of a statement that is made once: `given` makes the value of that name."""
    if db.engine.dialect.name == "sqlite":
        return _in_rows(column, func.json_each(bindparam(name, type_=String)))
    kind = ARRAY(Uuid)
    of_keys: ColumnElement[bool] = column == any_(cast(bindparam(name, type_=kind), kind))
    return of_keys


def given(keys: Sequence[UUID]) -> Any:
    """Keys as the one value that `among_given` takes."""
    return json.dumps([key.hex for key in keys]) if db.engine.dialect.name == "sqlite" else keys


def in_json(column: Any, digits: Sequence[str]) -> ColumnElement[bool]:
    """The same for keys as hexadecimal digits, in SQLite."""
    return _in_rows(column, func.json_each(json.dumps(digits)))


def _in_rows(column: Any, rows: Any) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = column.in_(select(rows.table_valued("value").c.value))
    return inside
