"""One of very many keys, as a condition of a statement."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, cast, func, literal, select

from ddplatform.infrastructure.db import db


def among(column: Any, keys: Sequence[UUID]) -> ColumnElement[bool]:
    """One of very many keys: they go over as one value, since a statement takes so many only."""
    if db.engine.dialect.name == "sqlite":
        return in_json(column, [key.hex for key in keys])
    of_keys: ColumnElement[bool] = column == any_(
        cast(literal(list(keys), ARRAY(Uuid)), ARRAY(Uuid))
    )
    return of_keys


def in_json(column: Any, digits: Sequence[str]) -> ColumnElement[bool]:
    """The same for keys as hexadecimal digits, in SQLite."""
    rows = func.json_each(json.dumps(digits)).table_valued("value")
    inside: ColumnElement[bool] = column.in_(select(rows.c.value))
    return inside
