"""Text search in rows: all words of the query, ranked and paged.

Case and accents do not count (`folding.py`), on both databases alike; "%" and "_" are ordinary
characters. Only the rows of one organisation are searched, as in any other statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, case, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ddplatform.infrastructure.folding import MARKS, PLAIN, STROKED, fold
from ddplatform.infrastructure.together import Question

LONGEST, MOST_WORDS = 200, 8
"""The maximum of letters and words in a search; the rest is left out."""
NOWHERE = 5
Hit = TypeVar("Hit", covariant=True)


@dataclass(frozen=True)
class Words:
    """The search terms: the words of a text, and all of it in one piece, both folded."""

    parts: tuple[str, ...]
    whole: str

    @classmethod
    def of(cls, typed: str) -> "Words":
        """The words of the input; none where it has none."""
        parts = tuple(fold(typed[:LONGEST]).split()[:MOST_WORDS])
        return cls(parts, " ".join(parts))

    def __bool__(self) -> bool:
        return bool(self.parts)

    def place(self, title: str, *texts: str) -> int:
        """The rank of a row, from 0 (its name matches) to 4; `NOWHERE` where a word is missing."""
        folded = fold(title)
        every = " ".join((folded, *map(fold, texts)))
        if not self or not all(part in every for part in self.parts):
            return NOWHERE
        fits = (
            folded == self.whole,
            folded.startswith(self.whole),
            f" {self.whole}" in folded,
            all(part in folded for part in self.parts),
        )
        return fits.index(True) if True in fits else NOWHERE - 1


@dataclass(frozen=True)
class Part:
    """The requested part of the rows found."""

    first: int
    size: int


@dataclass(frozen=True)
class Found(Generic[Hit]):
    """The rows of a part, and how many there are in all: with `is_capped`, or more."""

    rows: Sequence[Hit]
    total: int
    is_capped: bool = False


@dataclass(frozen=True)
class Searched:
    """The scope of a search, in a statement that joins all it needs.

    The statement names its first table with `select_from`.

    Attributes:
        key: of a row.
        title: what a row is called; who has the words there comes first.
        texts: where else the words may stand; none of them NULL.
        order: of rows that fit equally well.
    """

    key: Any
    title: Any
    texts: tuple[Any, ...] = ()
    order: tuple[Any, ...] = ()


def search_question(
    statement: Select[*tuple[Any, ...]],
    searched: Searched,
    words: Words,
    part: Part,
    make: Callable[[Any], Hit],
) -> Question[Found[Hit]]:
    """The rows of a statement that hold the words, for `together.ask_together`.

    Only keys are put in order and counted: of a thousand rows that fit, those of the part alone
    bring their texts.
    """
    ordered = statement.with_only_columns(
        searched.key.label("key"),
        func.row_number(type_=Integer())
        .over(order_by=(_place(words, searched.title), *searched.order, searched.key))
        .label("number"),
        func.count().over().label("total"),
    ).where(_holds(words, searched))
    hits = ordered.subquery()
    wanted = statement.add_columns(hits.c.total).join(hits, hits.c.key == searched.key)
    return Question(
        (
            wanted.where(
                hits.c.number > part.first,
                hits.c.number <= part.first + part.size,
            ),
        ),
        lambda rows: Found([make(row) for row in rows], rows[0].total if rows else 0),
        order=(hits.c.number,),
    )


def _holds(words: Words, searched: Searched) -> ColumnElement[bool]:
    every = searched.title
    for text in searched.texts:
        every = every + " " + text
    return and_(*(folded(every).contains(part, autoescape=True) for part in words.parts))


def _place(words: Words, title: Any) -> ColumnElement[int]:
    """The same order as `Words.place`."""
    said = folded(title)
    return case(
        (said == words.whole, 0),
        (said.startswith(words.whole, autoescape=True), 1),
        (said.contains(f" {words.whole}", autoescape=True), 2),
        (and_(*(said.contains(part, autoescape=True) for part in words.parts)), 3),
        else_=literal(NOWHERE - 1, Integer),
    )


class folded(FunctionElement[str]):
    """A text of the database as `fold` makes it: in SQLite by the function that `db.py` adds."""

    name = "folded"
    type = Text()
    inherit_cache = True


@compiles(folded)
def _folded_in_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"folded({compiler.process(element.clauses, **kw)})"


@compiles(folded, "postgresql")
def _folded_in_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    text = compiler.process(element.clauses, **kw)
    bare = f"regexp_replace(normalize({text}, NFKD), '[{MARKS}]', '', 'g')"
    # The order of the database may know the letters A to Z alone; this one knows all.
    return f"upper(translate({bare}, '{STROKED}', '{PLAIN}') COLLATE \"und-x-icu\")"
