"""The tenant check at the cursor: every read of a tenant table is bound to the acting organisation.

It reads the text that is about to run, so it also covers raw SQL, Core selects and statements of
libraries over our connection. The text is parsed, and each query block that reads a tenant table
has to hold a condition which lets no foreign row through: as a conjunct of its WHERE, of the ON of
an inner join, or of the ON by which the table itself is joined (decision 37). What the parser does
not know, and what it could read in another way than the database, is refused.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

KEEPER, RESPONDENT, RELEASED = "organisation_id", "respondent_organisation_id", "is_released"
_WRITE = re.compile(r"\s*(?:WITH\b.*?\)\s*)?(INSERT|UPDATE|DELETE|MERGE|REPLACE)\b", re.I | re.S)
_NUMBERED = re.compile(r"_(\d+)")
_READABLE = (exp.Select, exp.SetOperation, exp.Insert, exp.Update, exp.Delete, exp.Create)
_PLAIN = frozenset({TokenType.STRING, TokenType.NATIONAL_STRING})
_ODD = frozenset(
    kind for kind in TokenType if kind.name.endswith("STRING") and kind not in _PLAIN
) | {TokenType.TABLE, TokenType.SEMICOLON}
"""Quotations with rules of their own, `TABLE name`, a second statement: none is used here."""

# The parser quotes there what it does not know, and values may stand in it.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


class IsolationError(RuntimeError):
    """SQL on a tenant table without the criterion of the acting organisation."""


@dataclass(frozen=True)
class Either:
    """Conditions that hold together: it is enough if one of them binds to the organisation."""

    parts: tuple["Binding", ...]


@dataclass(frozen=True)
class Both:
    """Sides of an OR: each of them has to bind to it."""

    parts: tuple["Binding", ...]


Binding: TypeAlias = Either | Both | int | str
"""What has to hold the acting organisation: a parameter, by its position or name."""


@dataclass(frozen=True)
class Shape:
    """What a statement does with tenant tables."""

    tables: frozenset[str]
    """Those that it reads or changes."""
    unbound: frozenset[str]
    """Those that no condition binds wherever they are read."""
    withheld: frozenset[str]
    """Those of them that would be bound, if only released rows came."""
    bindings: tuple[Binding, ...]
    """How each reading of the others is bound."""


@lru_cache(maxsize=64)
def _names(tables: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(tables))})\b", re.I)


@lru_cache(maxsize=4096)
def mentions(statement: str, tables: frozenset[str]) -> bool:
    """Whether the name of a tenant table stands anywhere in the text; quickly told."""
    return _names(tables).search(statement) is not None


@lru_cache(maxsize=4096)
def is_write(statement: str) -> bool:
    """Whether a statement changes rows."""
    return bool(_WRITE.match(statement))


@lru_cache(maxsize=4096)
def shape_of(
    statement: str,
    tables: frozenset[str],
    released: frozenset[str] = frozenset(),
    dialect: str = "sqlite",
) -> Shape:
    """Read a statement once; the answer is kept by its text.

    Args:
        released: the tables whose rows their keeper may read only once they are released.
        dialect: `sqlite` or `postgresql`.
    """
    try:
        tree = _parsed(statement, dialect)
    except SqlglotError:
        tree = None
    if not isinstance(tree, _READABLE):
        named = frozenset(word.lower() for word in _names(tables).findall(statement))
        return Shape(named, named, frozenset(), ())
    return _read(tree, tables, released)


def _parsed(statement: str, dialect: str) -> exp.Expr | None:
    """The tree of one statement without comments; None where it could be read in two ways."""
    grammar = Dialect.get_or_raise("postgres" if dialect == "postgresql" else dialect)
    text = statement.replace("%%", "% ") if dialect == "postgresql" else statement
    tokens = grammar.tokenize(text)
    # `CREATE TEMPORARY TABLE` is no way of reading one.
    begins = 3 if tokens and tokens[0].token_type is TokenType.CREATE else 0
    if any(token.comments for token in tokens) or any(
        token.token_type in _ODD for token in tokens[begins:]
    ):
        return None
    asked = [token for token in tokens if token.token_type is TokenType.PLACEHOLDER]
    if asked:
        text = _numbered(text, asked)
        tokens = grammar.tokenize(text)
    trees = grammar.parser().parse(tokens, text)
    return trees[0] if len(trees) == 1 else None


def _numbered(text: str, asked: Sequence[Token]) -> str:
    """The text with `:_0`, `:_1` ... in place of question marks."""
    parts, end = [], 0
    for number, token in enumerate(asked):
        parts += [text[end : token.start], f":_{number}"]
        end = token.end + 1
    return "".join([*parts, text[end:]])


# ---- query blocks ----------------------------------------------------------------------------


def _read(tree: exp.Expr, tables: frozenset[str], released: frozenset[str]) -> Shape:
    seen = {
        id(table): table
        for table in tree.find_all(exp.Table)
        if table.name.lower() in tables and not isinstance(table.parent, exp.Lock)
    }
    unbound, withheld, bindings = dict(seen), set(), dict[Binding, None]()
    for block in tree.find_all(exp.Select, exp.Update, exp.Delete):
        sources = list(_sources(block))
        names = Counter(table.alias_or_name.lower() for table, _ in sources)
        for table, conditions in sources:
            if id(table) not in seen or names[table.alias_or_name.lower()] > 1:
                continue
            name = table.name.lower()
            binding = _binding(table, conditions, is_open=name not in released)
            if binding is not None:
                del unbound[id(table)]
                bindings[binding] = None
            elif _binding(table, conditions, is_open=True) is not None:
                withheld.add(name)
    return Shape(
        tables=frozenset(table.name.lower() for table in seen.values()),
        unbound=frozenset(table.name.lower() for table in unbound.values()),
        withheld=frozenset(withheld),
        bindings=tuple(bindings),
    )


Conditions = tuple[exp.Expr, ...]


def _sources(block: exp.Expr) -> Iterator[tuple[exp.Expr, Conditions]]:
    """What a block reads or changes itself, each with the conditions that every row of it meets."""
    where = block.args.get("where")
    conditions = (where.this,) if where else ()
    if isinstance(block, exp.Select):
        begins = block.args.get("from_")
        if begins:
            yield from _joined(begins.this, block.args.get("joins"), conditions)
        return
    yield from _joined(block.this, None, conditions)
    begins = block.args.get("from_")
    for other in (*((begins.this,) if begins else ()), *(block.args.get("using") or ())):
        yield from _joined(other, None, conditions)


def _joined(
    source: exp.Expr, joins: Sequence[exp.Join] | None, conditions: Conditions
) -> Iterator[tuple[exp.Expr, Conditions]]:
    """A source with what is joined to it, on its own level and inside its brackets."""
    joins = (*(joins or ()), *(source.args.get("joins") or ()))
    met = (*conditions, *(on for join in joins if not join.side and (on := _on(join))))
    if isinstance(source, exp.Table):
        yield source, met
    elif isinstance(source, exp.Paren | exp.Subquery):
        if isinstance(source.this, exp.Table | exp.Paren | exp.Subquery):
            yield from _joined(source.this, None, met)
        elif source.alias_or_name:
            yield source, met
    for join in joins:
        own = _on(join) if join.side == "LEFT" else None
        yield from _joined(join.this, None, (*met, own) if own else met)


def _on(join: exp.Join) -> exp.Expr | None:
    found: exp.Expr | None = join.args.get("on")
    return found


# ---- conditions ------------------------------------------------------------------------------


def _binding(table: exp.Expr, conditions: Iterable[exp.Expr], *, is_open: bool) -> Binding | None:
    """How all conditions together bind a table; None: a foreign row may meet them.

    Args:
        is_open: the keeper of a row may read it, whether it was released or not.
    """
    given = table.args.get("alias")
    if given is not None and given.args.get("columns"):
        return None  # its columns have other names here
    return _of_all(conditions, table.alias_or_name.lower(), is_open=is_open)


def _of_all(conditions: Iterable[exp.Expr], alias: str, *, is_open: bool) -> Binding | None:
    """Conditions that hold together: one that binds is enough."""
    parts = [part for condition in conditions for part in _conjuncts(condition)]
    is_open = is_open or any(_asks_for_release(part, alias) for part in parts)
    found = [_of_one(part, alias, is_open=is_open) for part in parts]
    binding = tuple(one for one in found if one is not None)
    return Either(binding) if binding else None


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        for part in condition.flatten():  # hundreds in a row are no deep tree to go down
            yield from _conjuncts(part)
    else:
        yield condition


def _of_one(condition: exp.Expr, alias: str, *, is_open: bool) -> Binding | None:
    """A condition without AND on top: a comparison with a parameter, or an OR of such."""
    if isinstance(condition, exp.Or):
        sides = [_of_all([side], alias, is_open=is_open) for side in condition.flatten()]
        bound = tuple(side for side in sides if side is not None)
        return Both(bound) if len(bound) == len(sides) else None
    if not isinstance(condition, exp.EQ):
        return None
    wanted = (KEEPER, RESPONDENT) if is_open else (RESPONDENT,)
    for column, value in (
        (condition.left, condition.right),
        (condition.right, condition.left),
    ):
        if _is_column(column, alias, *wanted):
            return _place(value)
    return None


def _place(value: exp.Expr) -> int | str | None:
    """The parameter that a side of a comparison is; None: it is something else."""
    if isinstance(value, exp.Cast) and value.to.this is exp.DType.UUID:
        value = value.this
    if not isinstance(value, exp.Placeholder):
        return None
    numbered = _NUMBERED.fullmatch(value.name)
    return int(numbered[1]) if numbered else value.name


def _is_column(found: exp.Expr, alias: str, *names: str) -> bool:
    return (
        isinstance(found, exp.Column)
        and found.table.lower() == alias
        and found.name.lower() in names
        and not found.args.get("db")
    )


def _asks_for_release(condition: exp.Expr, alias: str) -> bool:
    """Whether only rows meet it that were released, or that nobody else has a part in."""
    condition = condition.unnest()
    if isinstance(condition, exp.Or):
        return all(_asks_for_release(side, alias) for side in condition.flatten())
    if isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null):
        return _is_column(condition.this, alias, RESPONDENT)
    if isinstance(condition, exp.EQ | exp.Is) and _is_true(condition.expression):
        condition = condition.this
    return _is_column(condition, alias, RELEASED)


def _is_true(value: exp.Expr) -> bool:
    if isinstance(value, exp.Boolean):
        return bool(value.this)
    return isinstance(value, exp.Literal) and not value.is_string and value.this == "1"


# ---- the verdict -----------------------------------------------------------------------------


def require_criteria(shape: Shape, parameters: Any, organisation: UUID) -> None:
    """Refuse the statement unless every tenant table in it is bound to the organisation.

    Raises:
        IsolationError: a table is used without its criterion, or is bound to somebody else.
    """
    if shape.withheld and shape.withheld == shape.unbound:
        raise IsolationError(
            f"SQL on {_named(shape.withheld)} that does not ask whether rows are released."
        )
    if shape.unbound:
        raise IsolationError(
            f"SQL on {_named(shape.unbound)} without the criterion of the acting organisation."
        )
    many = isinstance(parameters, list) and parameters and not _is_scalar(parameters[0])
    for row in parameters if many else [parameters]:
        if not all(_holds(binding, row, organisation) for binding in shape.bindings):
            raise IsolationError(
                f"SQL on {_named(shape.tables)} bound to another organisation than the acting one."
            )


def _named(tables: Iterable[str]) -> str:
    return ", ".join(sorted(tables))


def _holds(binding: Binding, row: Any, organisation: UUID) -> bool:
    if isinstance(binding, Either):
        return any(_holds(part, row, organisation) for part in binding.parts)
    if isinstance(binding, Both):
        return all(_holds(part, row, organisation) for part in binding.parts)
    return _value(row, binding) == organisation


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (Mapping, Sequence)) or isinstance(value, str | bytes)


def _value(row: Any, place: int | str) -> UUID | None:
    try:
        found = row[place]
        return found if isinstance(found, UUID) else UUID(str(found))
    except (KeyError, IndexError, TypeError, ValueError):
        return None
