"""Which SQL the check at the cursor lets through, by its text alone."""

from uuid import uuid4

import pytest

from ddplatform.infrastructure.isolation_check import IsolationError, require_criteria, shape_of

MINE, OTHER = uuid4(), uuid4()
TABLES = frozenset({"value_chain", "finding", "answer", "red_flag"})
RELEASED = frozenset({"answer"})


def check(statement: str, *parameters: object) -> None:
    shape = shape_of(statement, TABLES)
    require_criteria(shape, parameters, MINE, released=RELEASED)


HONEST = [
    "SELECT finding.id FROM finding INDEXED BY ix_one WHERE finding.organisation_id = ?",
    "SELECT value_chain.name FROM value_chain WHERE value_chain.organisation_id = ?",
    'SELECT v.name FROM "value_chain" AS v WHERE v.organisation_id = ?',
    "SELECT value_chain_1.name FROM value_chain AS value_chain_1\nWHERE value_chain_1.organisation_id = ? LIMIT 1",
    "UPDATE value_chain SET name='x' WHERE value_chain.organisation_id = ?",
    "DELETE FROM value_chain WHERE value_chain.organisation_id = ?",
    "SELECT red_flag.id, red_flag.answer FROM red_flag WHERE red_flag.organisation_id = ?",
    "SELECT red_flag.answer AS answer FROM red_flag WHERE red_flag.organisation_id = ?",
    "UPDATE red_flag SET answer='value_chain' WHERE red_flag.organisation_id = ?",
    "SELECT finding.id FROM finding WHERE finding.organisation_id = ? FOR UPDATE OF finding",
    "SELECT answer.raw FROM answer WHERE answer.organisation_id = ? AND answer.is_released",
    "SELECT 'FROM value_chain' FROM finding WHERE finding.organisation_id = ?",
]


@pytest.mark.parametrize("statement", HONEST)
def test_statement_with_the_criterion_of_each_table_runs(statement: str):
    check(statement, MINE)


@pytest.mark.parametrize("statement", HONEST)
def test_criterion_for_somebody_else_is_refused(statement: str):
    with pytest.raises(IsolationError):
        check(statement, OTHER)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM value_chain",
        'SELECT name FROM"value_chain"',
        "SELECT name FROM `value_chain`",
        "SELECT name FROM [value_chain]",
        "SELECT name FROM main.value_chain",
        'SELECT name FROM "public"."value_chain"',
        "SELECT name FROM/**/value_chain",
        "SELECT name FROM (value_chain)",
        "SELECT name FROM VALUE_CHAIN",
        "SELECT name FROM organisation,value_chain",
        "TABLE value_chain",
        "COPY value_chain TO STDOUT",
        "TRUNCATE value_chain",
        "REPLACE INTO value_chain (id) VALUES (1)",
        "INSERT INTO copy SELECT * FROM value_chain",
        "WITH taken AS (SELECT * FROM value_chain) SELECT * FROM taken",
        "DELETE FROM copy USING value_chain WHERE copy.id = value_chain.id",
        "SELECT name FROM value_chain -- value_chain.organisation_id = ?",
        "SELECT name FROM value_chain /* value_chain.organisation_id = ? */",
        "SELECT name FROM value_chain WHERE name = 'value_chain.organisation_id = ?'",
        "SELECT name FROM value_chain WHERE other_value_chain.organisation_id = ?",
        "SELECT value_chain.name FROM value_chain WHERE value_chain.organisation_id = ? "
        "UNION SELECT value_chain.name FROM value_chain",
        "SELECT f.title FROM value_chain JOIN finding AS f ON f.node_id = value_chain.id "
        "WHERE value_chain.organisation_id = ?",
        "SELECT answer.raw FROM answer WHERE answer.organisation_id = ?",
    ],
)
def test_table_without_its_criterion_is_refused_however_it_is_written(statement: str):
    with pytest.raises(IsolationError):
        check(statement, MINE)


def test_every_row_of_many_parameters_is_looked_at():
    shape = shape_of("DELETE FROM finding WHERE finding.organisation_id = ?", TABLES)

    with pytest.raises(IsolationError):
        require_criteria(shape, [(MINE,), (OTHER,)], MINE)


def test_named_parameters_are_read_by_their_name():
    text = "SELECT finding.id FROM finding WHERE finding.organisation_id = %(o_1)s::UUID"
    shape = shape_of(text, TABLES)
    require_criteria(shape, {"o_1": MINE}, MINE)

    with pytest.raises(IsolationError):
        require_criteria(shape, {"o_1": OTHER}, MINE)


def test_parameter_that_is_no_id_is_refused():
    with pytest.raises(IsolationError):
        check("SELECT finding.id FROM finding WHERE finding.organisation_id = ?", "everybody")


@pytest.mark.parametrize(
    ("statement", "is_write"),
    [
        ("INSERT INTO finding (id) VALUES (1)", True),
        ("WITH a AS (SELECT 1) UPDATE finding SET title='x'", True),
        ("SELECT finding.id FROM finding FOR UPDATE", False),
    ],
)
def test_writes_are_told_from_reads(statement: str, is_write: bool):
    assert shape_of(statement, TABLES).is_write is is_write
