"""The check at the cursor: does this SQL hold the tenant criterion for each tenant table?

It reads the text that is about to run, so it also sees raw SQL, Core selects and whatever a
library sends over our connection.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

_NAME = r'"?([A-Za-z_]\w*)"?'
_SOURCE = re.compile(
    rf"(?:\bFROM|\bJOIN|\bUPDATE|\bINTO|,)\s+(?:ONLY\s+)?{_NAME}(?:\s+AS)?(?:\s+{_NAME})?", re.I
)
_KEYWORDS = frozenset(
    (
        *("where", "join", "on", "set", "values", "left", "right", "inner", "outer", "cross"),
        *("natural", "group", "order", "limit", "returning", "using", "union", "except"),
        *("intersect", "full", "having", "window", "for", "select", "default", "offset"),
    )
)
_WRITE = re.compile(r"\s*(?:WITH\b.*?\)\s*)?(INSERT|UPDATE|DELETE|MERGE|REPLACE)\b", re.I | re.S)
_PARAMETER = re.compile(r"\?|%\((\w+)\)s(?:::\w+)?")
_QUOTED = re.compile(r"'(?:[^']|'')*'")


class WallError(RuntimeError):
    """SQL on a tenant table without the criterion of the acting organisation."""


@dataclass(frozen=True)
class Shape:
    """What a statement does: which tenant tables it touches under which names."""

    is_write: bool
    touches: tuple[tuple[str, str], ...]
    """Pairs (table, alias)."""


@lru_cache(maxsize=4096)
def shape_of(statement: str, tables: frozenset[str]) -> Shape:
    """Read a statement once; the answer is kept by its text."""
    text = _QUOTED.sub("''", statement)
    touches = []
    for table, alias in _SOURCE.findall(text):
        if table.lower() in tables:
            name = alias if alias and alias.lower() not in _KEYWORDS else table
            touches.append((table, name))
    return Shape(bool(_WRITE.match(text)), tuple(dict.fromkeys(touches)))


@lru_cache(maxsize=4096)
def _places(statement: str, alias: str) -> tuple[int | str, ...]:
    """Where the parameters stand that are compared with `alias.organisation_id`."""
    parameters = list(_PARAMETER.finditer(statement))
    wanted = re.compile(rf'"?{alias}"?\."?organisation_id"?\s*=\s*(?=\?|%\()', re.I)
    starts = {match.end() for match in wanted.finditer(statement)}
    return tuple(
        match.group(1) or place for place, match in enumerate(parameters) if match.start() in starts
    )


def require_criteria(shape: Shape, statement: str, parameters: Any, organisation: UUID) -> None:
    """Refuse the statement unless every tenant table in it is bound to the organisation.

    Raises:
        WallError: a table stands without its criterion, or is bound to somebody else.
    """
    many = isinstance(parameters, list) and parameters and not _is_scalar(parameters[0])
    for row in parameters if many else [parameters]:
        for table, alias in shape.touches:
            values = [_value(row, place) for place in _places(statement, alias)]
            if not values or any(value != organisation for value in values):
                raise WallError(f"SQL on {table} without the criterion of the acting organisation.")


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (Mapping, Sequence)) or isinstance(value, str | bytes)


def _value(row: Any, place: int | str) -> UUID | None:
    try:
        found = row[place]
        return found if isinstance(found, UUID) else UUID(str(found))
    except (KeyError, IndexError, TypeError, ValueError):
        return None
