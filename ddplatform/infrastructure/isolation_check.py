"""The tenant check at the cursor: one tenant criterion per tenant table in the SQL.

It reads the text that is about to run, so it also covers raw SQL, Core selects and statements of
libraries over our connection. Where it is uncertain, it assumes a read of the table, so that
unknown forms of SQL are refused.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.S)
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_TOKEN = re.compile(r'"[^"]*"|`[^`]*`|\[[A-Za-z_]\w*\]|[A-Za-z_]\w*|\S')
_SCHEMAS = frozenset(("main", "temp", "public"))
_KEYWORDS = frozenset(
    (
        *("where", "join", "on", "set", "values", "left", "right", "inner", "outer", "cross"),
        *("natural", "group", "order", "limit", "returning", "using", "union", "except"),
        *("intersect", "full", "having", "window", "for", "select", "default", "offset"),
        "indexed",
    )
)
_WRITE = re.compile(r"\s*(?:WITH\b.*?\)\s*)?(INSERT|UPDATE|DELETE|MERGE|REPLACE)\b", re.I | re.S)
_PARAMETER = re.compile(r"\?|%\((\w+)\)s(?:::\w+)?")


class IsolationError(RuntimeError):
    """SQL on a tenant table without the criterion of the acting organisation."""


@dataclass(frozen=True)
class Shape:
    """The structure of a statement: its tenant tables with their aliases and counts."""

    text: str
    """The statement without comments and quoted text."""
    is_write: bool
    touches: tuple[tuple[str, str, int], ...]
    """Triples (table, alias, how often it is read under this alias)."""


@lru_cache(maxsize=4096)
def shape_of(statement: str, tables: frozenset[str]) -> Shape:
    """Read a statement once; the answer is kept by its text."""
    text = _QUOTED.sub("''", _COMMENT.sub(" ", statement))
    tokens = [token.strip('"`[]') if len(token) > 1 else token for token in _TOKEN.findall(text)]
    touches = Counter(
        (token.lower(), _alias(tokens, place))
        for place, token in enumerate(tokens)
        if token.lower() in tables and _is_source(tokens, place)
    )
    found = tuple((*key, often) for key, often in touches.items())
    return Shape(text, bool(_WRITE.match(text)), found)


def _is_source(tokens: list[str], place: int) -> bool:
    """Whether the name at this place is read as a table, and not part of a column or an alias."""
    before, after = _at(tokens, place - 1), _at(tokens, place + 1)
    if before == ".":
        return _at(tokens, place - 2) in _SCHEMAS
    if after in {".", "="} or before == "as":
        return False
    return not (before == "of" and "for" in {_at(tokens, place - 3), _at(tokens, place - 2)})


def _alias(tokens: list[str], place: int) -> str:
    named = place + (2 if _at(tokens, place + 1) == "as" else 1)
    name = tokens[named] if named < len(tokens) else ""
    return name if name.isidentifier() and name.lower() not in _KEYWORDS else tokens[place]


def _at(tokens: list[str], place: int) -> str:
    return tokens[place].lower() if 0 <= place < len(tokens) else ""


@lru_cache(maxsize=4096)
def _places(text: str, alias: str) -> tuple[int | str, ...]:
    """The positions of the parameters that are compared with `alias.organisation_id`."""
    parameters = list(_PARAMETER.finditer(text))
    wanted = re.compile(rf'(?<!\w)"?{alias}"?\."?organisation_id"?\s*=\s*(?=\?|%\()', re.I)
    starts = {match.end() for match in wanted.finditer(text)}
    return tuple(
        match.group(1) or place for place, match in enumerate(parameters) if match.start() in starts
    )


@lru_cache(maxsize=4096)
def _asks_for_release(text: str, alias: str) -> int:
    return len(re.findall(rf'(?<!\w)"?{alias}"?\."?is_released\b', text, re.I))


def require_criteria(
    shape: Shape,
    parameters: Any,
    organisation: UUID,
    *,
    released: frozenset[str] = frozenset(),
) -> None:
    """Refuse the statement unless every tenant table in it is bound to the organisation.

    Args:
        released: the tables whose rows their keeper may read only once they are released.

    Raises:
        IsolationError: a table is used without its criterion, or is bound to somebody else.
    """
    many = isinstance(parameters, list) and parameters and not _is_scalar(parameters[0])
    for row in parameters if many else [parameters]:
        for table, alias, often in shape.touches:
            places = _places(shape.text, alias)
            if len(places) < often or any(_value(row, place) != organisation for place in places):
                raise IsolationError(
                    f"SQL on {table} without the criterion of the acting organisation."
                )
            if table in released and _asks_for_release(shape.text, alias) < often:
                raise IsolationError(f"SQL on {table} that does not ask whether rows are released.")


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (Mapping, Sequence)) or isinstance(value, str | bytes)


def _value(row: Any, place: int | str) -> UUID | None:
    try:
        found = row[place]
        return found if isinstance(found, UUID) else UUID(str(found))
    except (KeyError, IndexError, TypeError, ValueError):
        return None
