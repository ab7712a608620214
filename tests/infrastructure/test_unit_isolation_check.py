"""Which SQL the check at the cursor lets through, by its text alone."""

from uuid import uuid4

import pytest

from ddplatform.infrastructure.isolation_check import (
    IsolationError,
    Shape,
    is_write,
    require_criteria,
    shape_of,
)

MINE, OTHER = uuid4(), uuid4()
TABLES = frozenset({"value_chain", "finding", "answer", "red_flag"})
RELEASED = frozenset({"answer"})


def shape(statement: str, dialect: str = "sqlite") -> Shape:
    return shape_of(statement, TABLES, RELEASED, dialect)


def check(statement: str, *parameters: object) -> None:
    require_criteria(shape(statement), parameters, MINE)


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
    "SELECT 'what? -- no' FROM finding WHERE 'it''s?' <> '' AND finding.organisation_id = ?",
    "SELECT f.id FROM finding AS f JOIN organisation ON f.organisation_id = ? AND f.title = 'x'",
    "SELECT o.id FROM organisation AS o LEFT OUTER JOIN finding ON finding.organisation_id = ?",
    "SELECT o.id FROM organisation AS o LEFT JOIN (finding AS f JOIN job ON f.organisation_id = ?) "
    "ON f.id = o.id",
    "SELECT n FROM (SELECT count(*) AS n FROM finding WHERE finding.organisation_id = ?) AS counted",
    "WITH mine AS (SELECT id FROM finding WHERE finding.organisation_id = ?) SELECT * FROM mine",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM finding AS f WHERE f.id = 1 AND f.organisation_id = ?)",
    "SELECT finding.id FROM finding WHERE (finding.title = 'a' OR 1=1) AND "
    "(finding.organisation_id = ?)",
    "SELECT finding.id FROM finding WHERE finding.rank BETWEEN 1 AND 2 AND "
    "finding.organisation_id = ?",
    "SELECT finding.id FROM finding WHERE ? = finding.organisation_id",
]

HONEST += [
    f"SELECT finding.id FROM finding WHERE finding.organisation_id = ? AND ({many})"
    for many in (
        " OR ".join(f"finding.rank = {rank}" for rank in range(900)),
        " AND ".join(f"finding.rank <> {rank}" for rank in range(900)),
    )
]

BY_EITHER = (
    "SELECT answer.raw FROM answer WHERE {before}answer.respondent_organisation_id = ? OR "
    "answer.organisation_id = ? AND ({released} OR answer.respondent_organisation_id IS NULL){after}"
)


@pytest.mark.parametrize(
    "released", ["answer.is_released", "answer.is_released = 1", "answer.is_released IS true"]
)
def test_rule_of_rows_that_are_shared_once_released_runs(released: str):
    statement = BY_EITHER.format(before="(", released=released, after=") AND answer.raw <> ''")

    check(statement, MINE, MINE)
    for someone_else in ((OTHER, MINE), (MINE, OTHER)):
        with pytest.raises(IsolationError):
            check(statement, *someone_else)


@pytest.mark.parametrize("statement", HONEST)
def test_statement_with_the_criterion_of_each_table_runs(statement: str):
    check(statement, MINE)


def test_filter_by_the_other_side_of_a_shared_row_stands_beside_the_criterion():
    statement = (
        "SELECT red_flag.id FROM red_flag WHERE red_flag.respondent_organisation_id = ? AND "
        "(red_flag.organisation_id = ? OR red_flag.respondent_organisation_id = ?)"
    )

    check(statement, OTHER, MINE, MINE)
    for wrong in ((OTHER, OTHER, MINE), (OTHER, OTHER, OTHER)):
        with pytest.raises(IsolationError):
            check(statement, *wrong)


def test_rule_that_holds_for_all_alone_is_not_the_rule():
    with pytest.raises(IsolationError):
        check(
            BY_EITHER.format(before="", released="answer.is_released", after=" OR 1=1"), MINE, MINE
        )


@pytest.mark.parametrize("statement", HONEST)
def test_criterion_for_somebody_else_is_refused(statement: str):
    with pytest.raises(IsolationError):
        check(statement, OTHER)


NOT_BINDING = [
    f"SELECT finding.id FROM finding {rest}"
    for rest in (
        "WHERE finding.organisation_id = ? OR 1=1",
        "WHERE finding.id = 1 AND finding.organisation_id = ? OR finding.title <> ''",
        "WHERE NOT finding.organisation_id = ?",
        "WHERE (finding.organisation_id = ?) IS NOT NULL",
        "WHERE (finding.organisation_id = ?) = 0",
        "WHERE finding.organisation_id = ? IS NULL",
        "WHERE 1 BETWEEN 0 AND finding.organisation_id = ?",
        "WHERE CASE WHEN 1=1 THEN 1 ELSE finding.organisation_id = ? END",
        "WHERE coalesce(finding.organisation_id = ?, 1)",
        "WHERE finding.organisation_id <> ?",
        "WHERE finding.organisation_id = finding.organisation_id -- ?",
        "WHERE finding.organisation_id = ? -- but not for those below\n OR 1=1",
        "WHERE finding.organisation_id = ? /* nobody else */",
        "WHERE organisation_id = ?",
        "WHERE EXISTS (SELECT 1 FROM organisation AS finding WHERE finding.organisation_id = ?)",
        "ORDER BY finding.organisation_id = ?",
        "GROUP BY finding.id HAVING finding.organisation_id = ?",
        "LEFT JOIN organisation ON finding.organisation_id = ?",
        "JOIN job ON 1=1 LEFT JOIN organisation ON finding.organisation_id = ?",
        "AS f(organisation_id, id) WHERE f.organisation_id = ?",
        "AS f, organisation AS F WHERE f.organisation_id = ?",
        "; SELECT 1 FROM organisation AS finding WHERE finding.organisation_id = ?",
    )
] + [
    "SELECT f.id FROM finding AS f, (SELECT 1 FROM organisation AS f WHERE f.organisation_id = ?)",
    "SELECT 1 FROM organisation RIGHT JOIN finding ON finding.organisation_id = ?",
    "SELECT 1 FROM organisation FULL JOIN finding ON finding.organisation_id = ?",
    "SELECT '--', finding.id FROM finding, job WHERE job.organisation_id = ?",
    "SELECT '/*', finding.id FROM finding WHERE '*/' <> ''",
    "SELECT id FROM (TABLE finding) AS f WHERE f.organisation_id = ?",
    "UPDATE finding SET title = (SELECT finding.organisation_id = ?)",
    "CREATE TEMPORARY TABLE taken AS SELECT * FROM finding",
    "CREATE VIEW taken AS TABLE finding",
    "WITH a AS (DELETE FROM finding RETURNING id) SELECT 1 FROM a AS finding "
    "WHERE finding.organisation_id = ?",
    "SELECT 1 FROM answer WHERE answer.organisation_id = ? OR answer.is_released",
    "SELECT 1 FROM answer WHERE answer.organisation_id = ? AND (answer.is_released OR 1=1)",
    "SELECT 1 FROM answer WHERE answer.organisation_id = ? AND NOT answer.is_released",
    "SELECT answer.is_released FROM answer WHERE answer.organisation_id = ?",
]


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
        *NOT_BINDING,
    ],
)
def test_table_without_its_criterion_is_refused_however_it_is_written(statement: str):
    with pytest.raises(IsolationError):
        check(statement, MINE)


def test_every_row_of_many_parameters_is_looked_at():
    of_one = shape("DELETE FROM finding WHERE finding.organisation_id = ?")

    with pytest.raises(IsolationError):
        require_criteria(of_one, [(MINE,), (OTHER,)], MINE)


def test_named_parameters_are_read_by_their_name():
    text = "SELECT finding.id FROM finding WHERE finding.organisation_id = %(o_1)s::UUID"
    by_name = shape(text, "postgresql")
    require_criteria(by_name, {"o_1": MINE}, MINE)

    with pytest.raises(IsolationError):
        require_criteria(by_name, {"o_1": OTHER}, MINE)


def test_parameter_that_is_no_id_is_refused():
    with pytest.raises(IsolationError):
        check("SELECT finding.id FROM finding WHERE finding.organisation_id = ?", "everybody")


def test_name_of_a_table_that_is_no_table_there_is_left_alone():
    made = shape("CREATE TEMPORARY TABLE made (answer TEXT, finding INTEGER)")
    named = shape("SELECT job.answer, finding.id AS answer FROM job JOIN organisation AS finding")

    assert made.tables == named.tables == frozenset()


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("INSERT INTO finding (id) VALUES (1)", True),
        ("WITH a AS (SELECT 1) UPDATE finding SET title='x'", True),
        ("SELECT finding.id FROM finding FOR UPDATE", False),
    ],
)
def test_writes_are_told_from_reads(statement: str, changes: bool):
    assert is_write(statement) is changes
