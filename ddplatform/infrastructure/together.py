"""Combined queries: all questions of a page in one statement and one round trip.

Each statement of a question becomes an arm of a UNION ALL. Its columns are in slots, each for
one kind of value; an arm with fewer of a kind has NULL in the rest, and a first arm without rows
defines the kind of each slot. Every value comes back as if its question had been asked alone. The
criterion of the tenant is put on each arm, as on any statement of the ORM (`tenancy.py`), and the
check at the cursor covers all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Row,
    Select,
    String,
    Text,
    TypeDecorator,
    Uuid,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.engine.result import result_tuple
from sqlalchemy.types import TypeEngine

from ddplatform.infrastructure.db import db

Kind: TypeAlias = TypeEngine[Any]
Rows: TypeAlias = Sequence[Row[*tuple[Any, ...]]]
Made = TypeVar("Made", covariant=True)

_SLOTS: Mapping[type[Kind], Kind] = {
    String: Text(),
    Uuid: Uuid(),
    Boolean: Boolean(),
    Integer: BigInteger(),
    Float: Float(),
    Date: Date(),
    DateTime: DateTime(timezone=True),
    JSON: JSON(),
    LargeBinary: LargeBinary(),
}
"""Kinds of values, and the type of the columns of the union that hold them."""
_NULL = null()
_BEFORE = 2  # columns ahead of the slots: number of the arm, number of the row in it


@dataclass(frozen=True)
class Question(Generic[Made]):
    """A question to the database, with the conversion of its answer."""

    statements: tuple[Select[*tuple[Any, ...]], ...]
    """They select the same columns; the rows of one follow those of another."""
    make: Callable[[Rows], Made]
    order: tuple[Any, ...] = ()
    """Of the rows of each statement, down to a key, so that no two are equal."""
    limit: int | None = None
    """Rows of each statement at most, the first in that order."""


def ask(question: Question[Made]) -> Made:
    """The answer to one question."""
    made: Made = ask_each({"": question})[""]
    return made


def ask_each(questions: Mapping[str, Question[Any]]) -> dict[str, Any]:
    """The answers by the name of their question, each of its statements read alone.

    Where very many rows come back this is faster than all together: no row has empty slots.
    """
    return {
        name: question.make(
            [
                row
                for one in question.statements
                for row in db.session.execute(_whole(one, question))
            ]
        )
        for name, question in questions.items()
    }


def ask_together(questions: Mapping[str, Question[Any]]) -> dict[str, Any]:
    """The same, read by one statement.

    Raises:
        TypeError: a column has a type that no slot holds.
    """
    arms = [
        _arm_of(name, statement, question)
        for name, question in questions.items()
        for statement in question.statements
    ]
    found: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for arm, rows in zip(arms, _Union(arms).read(), strict=True):
        found[arm.name] += rows
    return {name: question.make(found[name]) for name, question in questions.items()}


class Prepared:
    """Statements that select the same columns, read as one that is put together once.

    Putting it together takes longer than reading a few rows by it. What differs from one time to
    another are values with a name (`bindparam`).
    """

    def __init__(self, statements: Iterable[Select[*tuple[Any, ...]]]) -> None:
        asked = tuple(statements)
        question = Question(asked, list)
        self._union = _Union([_arm_of("", statement, question) for statement in asked])

    def rows(self, values: Mapping[str, Any]) -> Rows:
        """The rows of the statements, one after the other."""
        return [row for rows in self._union.read(values) for row in rows]


def _whole(statement: Select[*tuple[Any, ...]], question: Question[Any]) -> Any:
    return statement.order_by(*question.order).limit(question.limit)


# ---- arms ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Arm:
    """One statement of the union."""

    name: str
    statement: Select[*tuple[Any, ...]]
    columns: tuple[ColumnElement[Any], ...]  # with their names and types
    values: tuple[ColumnElement[Any], ...]  # what is selected for each
    slots: tuple[tuple[type[Kind], int], ...]  # of each column its kind, and which one of it
    number: ColumnElement[Any]  # of each row, where the question has an order
    is_ordered: bool


def _arm_of(name: str, statement: Select[*tuple[Any, ...]], question: Question[Any]) -> _Arm:
    number: Any = func.row_number().over(order_by=question.order) if question.order else _NULL
    columns = tuple(statement.selected_columns)
    slots, taken = [], Counter[type[Kind]]()
    for column in columns:
        slot = _slot_of(column.type)
        slots.append((slot, taken[slot]))
        taken[slot] += 1
    values: Sequence[Any] = columns
    if question.limit is not None:
        statement, number, values = _limited(statement, number, columns, question)
    return _Arm(name, statement, columns, tuple(values), tuple(slots), number, bool(question.order))


def _limited(
    statement: Select[*tuple[Any, ...]],
    number: Any,
    columns: Sequence[ColumnElement[Any]],
    question: Question[Any],
) -> tuple[Any, ColumnElement[Any], Sequence[ColumnElement[Any]]]:
    """A limited statement is in brackets of its own, else the limit were that of the union."""
    names = [f"value_{at}" for at in range(len(columns))]
    labelled = (column.label(name) for column, name in zip(columns, names, strict=True))
    inner = _whole(
        statement.with_only_columns(number.label("row_number"), *labelled), question
    ).subquery()
    # By name: to make columns of all that stands in the brackets takes longer than to read it.
    return (
        select(literal_column("row_number")).select_from(inner),
        literal_column("row_number", BigInteger),
        [literal_column(name) for name in names],
    )


def _slot_of(kind: Kind) -> type[Kind]:
    """The kind of slot that holds the values of a type."""
    stored = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    found = next((slot for slot in _SLOTS if isinstance(stored, slot)), None)
    if found is None or isinstance(kind, Interval):
        raise TypeError(f"No slot holds values of {kind!r}.")
    return found


# ---- reading ---------------------------------------------------------------------------------


class _Union:
    """One statement that reads all arms."""

    def __init__(self, arms: Sequence[_Arm]) -> None:
        widths: Counter[type[Kind]] = Counter()
        for arm in arms:
            widths |= Counter(slot for slot, _ in arm.slots)
        places = [(slot, at) for slot, width in widths.items() for at in range(width)]
        self._arms = arms
        self._at = {place: column for column, place in enumerate(places, start=_BEFORE)}
        self._statement = union_all(_kinds(places), *_selects(arms, places))

    def read(self, values: Mapping[str, Any] | None = None) -> Iterator[Rows]:
        """The rows of each arm."""
        found: list[list[Sequence[Any]]] = [[] for _ in self._arms]
        for row in db.session.execute(self._statement, values):
            found[row[0]].append(row)
        for arm, rows in zip(self._arms, found, strict=True):
            if arm.is_ordered:
                rows.sort(key=itemgetter(1))
            yield _rows(arm, rows, [self._at[slot] for slot in arm.slots])


def _kinds(places: Sequence[tuple[type[Kind], int]]) -> Select[*tuple[Any, ...]]:
    """The first arm: the type of each column of the union, and no row."""
    kinds = [cast(_NULL, _SLOTS[slot]).label(f"{slot.__name__}_{at}") for slot, at in places]
    arm, number = (cast(_NULL, BigInteger).label(name) for name in ("arm", "row_number"))
    return select(arm, number, *kinds).where(false())


def _selects(
    arms: Sequence[_Arm], places: Sequence[tuple[type[Kind], int]]
) -> Iterator[Select[*tuple[Any, ...]]]:
    for number, arm in enumerate(arms):
        held = dict(zip(arm.slots, arm.values, strict=True))
        yield arm.statement.with_only_columns(
            literal_column(str(number), Integer),
            arm.number,
            *(held.get(place, _NULL) for place in places),
        )


def _rows(arm: _Arm, rows: Sequence[Sequence[Any]], places: Sequence[int]) -> Rows:
    """Rows as the statement of an arm alone would give them."""
    if not rows:
        return []
    dialect = db.session.get_bind().dialect
    columns: list[Iterable[Any]] = []
    for place, column in zip(places, arm.columns, strict=True):
        values, reader = map(itemgetter(place), rows), _reader(column.type, dialect)
        columns.append(values if reader is None else map(reader, values))
    row_of = result_tuple([str(column.key) for column in arm.columns])
    return list(map(row_of, zip(*columns, strict=True)))


def _reader(kind: Kind, dialect: Dialect) -> Callable[[Any], Any] | None:
    """The conversion of that column's value to its slot; None: they are the same."""
    if isinstance(kind, TypeDecorator):
        decorator = kind
        return lambda value: decorator.process_result_value(value, dialect)
    if isinstance(kind, Enum):
        read: Callable[[Any], Any] = kind.result_processor(dialect, None)  # type: ignore[no-untyped-call]
        return read
    return None
