"""Whatever SQL the check at the cursor lets through: SQLite then shows no foreign row by it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ddplatform.infrastructure.isolation_check import IsolationError, require_criteria, shape_of
from tests.sampling import examples

MINE, OTHER = UUID(int=1), UUID(int=2)
TABLES, RELEASED = frozenset({"finding", "answer"}), frozenset({"answer"})

TERMS = (
    *("{a}.organisation_id = ?", "? = {a}.organisation_id", "{a}.organisation_id <> ?"),
    *("{a}.respondent_organisation_id = ?", "{a}.respondent_organisation_id IS NULL"),
    *("{a}.is_released", "{a}.is_released = 1", "{a}.is_released IS true", "NOT {a}.is_released"),
    *("{a}.rank > 1", "1=1", "{a}.title <> '-- OR'", "{a}.rank BETWEEN 0 AND 2", "j.id = 1"),
    *("j.organisation_id = ?", "{a}.organisation_id IN (?)", "organisation_id = ?"),
)
WAYS = (
    *("{x} AND {y}", "{x} OR {y}", "({x}) AND ({y})", "({x}) OR ({y})", "({x} OR {y})"),
    *("NOT {x}", "NOT ({x})", "({x})", "({x}) IS NOT NULL", "({x}) = ({y})", "coalesce({x}, {y})"),
    *("CASE WHEN {x} THEN {y} ELSE 1 END", "{x} IS NOT {y}", "{x} = {y}", "1 BETWEEN 0 AND {x}"),
    "EXISTS (SELECT 1 FROM job AS {a} WHERE {x})",
)
SHAPES = (
    "SELECT {a}.* FROM {t} AS {a}, job AS j WHERE {x}",
    "SELECT {a}.* FROM {t} AS {a} JOIN job AS j ON {x} WHERE {y}",
    "SELECT {a}.* FROM {t} AS {a} LEFT JOIN job AS j ON {x} WHERE {y}",
    "SELECT {a}.* FROM job AS j LEFT JOIN {t} AS {a} ON {x} WHERE {y}",
    "SELECT {a}.* FROM job AS j RIGHT JOIN {t} AS {a} ON {x} WHERE {y}",
    "SELECT {a}.* FROM {t} AS {a} RIGHT JOIN job AS j ON {x} WHERE {y}",
    "SELECT {a}.* FROM job AS j FULL JOIN {t} AS {a} ON {x} WHERE {y}",
    "SELECT {a}.* FROM job AS k LEFT JOIN ({t} AS {a} JOIN job AS j ON {x}) ON {y}",
    "SELECT {a}.* FROM job AS j JOIN (SELECT * FROM {t} AS {a} WHERE {x}) AS {a} ON {y}",
    "WITH held AS (SELECT {a}.* FROM {t} AS {a}, job AS j WHERE {x}) SELECT * FROM held",
    "SELECT {a}.* FROM {t} AS {a}, job AS j WHERE {x} UNION SELECT {a}.* FROM {t} AS {a}, job AS j "
    "WHERE {y}",
)
conditions = st.recursive(
    st.sampled_from(TERMS),
    lambda inner: st.builds(
        lambda way, x, y: way.replace("{x}", x).replace("{y}", y),
        st.sampled_from(WAYS),
        inner,
        inner,
    ),
    max_leaves=7,
)
statements = st.builds(
    lambda shape, x, y: shape.replace("{x}", x).replace("{y}", y),
    st.sampled_from(SHAPES),
    conditions,
    conditions,
)


def rows() -> Iterator[tuple[object, ...]]:
    sides = (str(MINE), str(OTHER))
    every = product(sides, (*sides, None), (0, 1), (1, 2), ("", "x"))
    yield from ((number, *row) for number, row in enumerate(every))


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    """Both kinds of rows in every state, of two organisations."""
    columns = "id, organisation_id, respondent_organisation_id, is_released, rank, title"
    with closing(sqlite3.connect(":memory:")) as connection:
        for table in (*TABLES, "job"):
            connection.execute(f"CREATE TABLE {table} ({columns})")
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)", rows())
        yield connection


def is_let_through(statement: str) -> bool:
    try:
        shape = shape_of(statement, TABLES, RELEASED)
        require_criteria(shape, (MINE,) * statement.count("?"), MINE)
    except IsolationError:
        return False
    return True


def is_mine(table: str, row: sqlite3.Row) -> bool:
    _id, keeper, respondent, is_released, *_ = row
    if keeper is None or respondent == str(MINE):
        return True  # beside a row of the other side of a join there is none
    return keeper == str(MINE) and (table == "finding" or is_released or respondent is None)


@given(statement=statements, table=st.sampled_from(sorted(TABLES)), alias=st.sampled_from("tx"))
@example(
    statement="SELECT {a}.* FROM {t} AS {a} WHERE {a}.organisation_id = ?",
    table="finding",
    alias="t",
)
@examples(2_000, one_world=True)
def test_no_statement_that_is_let_through_shows_a_foreign_row(
    database: sqlite3.Connection, statement: str, table: str, alias: str
):
    asked = statement.replace("{a}", alias).replace("{t}", table)
    if not is_let_through(asked):
        return
    try:
        found = database.execute(asked, (str(MINE),) * asked.count("?")).fetchall()
    except sqlite3.Error:
        return  # the database does not take it, so it shows nothing

    assert all(is_mine(table, row) for row in found), asked


def test_property_would_see_a_leak(database: sqlite3.Connection):
    found = database.execute("SELECT * FROM answer WHERE organisation_id = ?", (str(MINE),))

    assert not all(is_mine("answer", row) for row in found)
