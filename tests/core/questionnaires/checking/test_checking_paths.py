"""Names in expressions that lead nowhere, and what to write instead of another language's signs."""

import pytest

from questionnaires import Fault, check_form
from tests.forms import table

CHOICES = table(
    "choices", "list_name | name | label | Region", "yn | yes | Yes | n", "yn | no | No | s"
)


def faults(column: str, expression: str, kind: str = "text") -> tuple[Fault, ...]:
    """What a check says of one expression in a form with a select, a number and a repeat."""
    columns = ["type", "name", "label", "constraint_message", column]
    cells = {"type": kind, "name": "cell", "label": "Cell", "constraint_message": "No", column: ""}
    rows = [
        cells | {"type": "select_one yn", "name": "q"},
        cells | {"type": "integer", "name": "n"},
        cells | {"type": "select_multiple yn", "name": "m"},
        cells | {"type": "begin repeat", "name": "r"},
        cells | {"name": "v"},
        cells | {"type": "end repeat", "name": "", "label": ""},
        cells | {column: expression},
    ]
    survey = table("survey", "|".join(columns), *("|".join(row.values()) for row in rows))
    return check_form((survey + CHOICES).encode(), ".csv", name="form.csv").faults


@pytest.mark.parametrize(
    ("column", "expression", "code", "level", "at"),
    [
        ("relevant", "${q} = yes", "reference-unknown", "warning", 7),
        ("relevant", "not ${q} = 'yes'", "reference-unknown", "warning", 0),
        ("required", "maybe", "reference-unknown", "warning", 0),
        ("calculation", "/data/zz + 1", "reference-unknown", "warning", 0),
        ("calculation", "instance('zz')/root/item[name = 'a']/label", "list-missing", "warning", 9),
        ("calculation", "instance('yn')/root/item[nam = 'a']/x", "column-missing", "warning", 25),
        ("constraint", "regex(., '[a-z')", "arguments-wrong", "error", 9),
    ],
)
def test_a_name_that_leads_nowhere_is_told_at_its_place(column, expression, code, level, at):
    (fault,) = faults(column, expression)

    assert (fault.code, fault.level, fault.row, fault.column) == (code, level, 8, column)
    assert fault.at == at


def test_a_filter_by_a_column_that_the_choices_do_not_have_is_told():
    (fault,) = faults("choice_filter", "district = ${n}", "select_one yn")

    assert (fault.code, fault.row, fault.column) == ("column-missing", 8, "choice_filter")


@pytest.mark.parametrize(
    ("column", "expression", "kind"),
    [
        ("choice_filter", "region = ${n} or name = 'no'", "select_one yn"),
        ("choice_filter", "size > 3", "select_one_from_file towns.csv"),
        ("choice_filter", "v != ''", "select_one ${v}"),
        ("relevant", "/data/n > 1 and ../n > 1 and current()/../n > 1", "text"),
        (
            "calculation",
            "count(/data/r[v = 'a']/v) + sum(${r}/v) + count(${r}[position() = 1])",
            "text",
        ),
        ("calculation", "instance('yn')/root/item[name = ${q}]/label", "text"),
        ("calculation", "jr:choice-name(${q}, '${q}')", "text"),
        ("relevant", "${m} = 'yes no' or selected(${m}, 'no')", "text"),
        ("calculation", "instance('__last-saved')/data/n", "text"),
        ("calculation", "/data/meta/instanceID", "text"),
        ("calculation", "count((/data/n ¦ ../q)[. = ''])", "text"),
        ("constraint", "regex(., '^[a-z]+$') and not(. = 'a')", "text"),
    ],
)
def test_names_that_lead_somewhere_raise_no_alarm(column, expression, kind):
    assert [f for f in faults(column, expression, kind) if f.code != "media-missing"] == []


@pytest.mark.parametrize("expression", ["${m} = 'yes maybe'", "selected(${m}, 'yes no')"])
def test_names_together_are_told_where_no_answer_is_so(expression):
    (fault,) = faults("relevant", expression)

    assert (fault.code, fault.row, fault.column) == ("choice-never", 8, "relevant")


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("${n} == 1", "one '='"),
        ("${n} => 1", "'>='"),
        ("${n} <> 1", "'!='"),
        ("${n} = 1 && ${n} = 2", "'and'"),
        ("${n} = 1 AND ${n} = 2", "small letters"),
        ("${n} % 2", "'mod'"),
        ("${n} / 2", "'div'"),
        ("!(${n} = 1)", "not( )"),
        ("{n} = 1", "${name}"),
        ("$n = 1", "${name}"),
        ("${q} = 'yes", "quote"),
    ],
)
def test_signs_of_other_languages_are_refused_with_what_to_write_instead(expression, word):
    (fault,) = faults("relevant", expression)

    assert fault.code == "expression-syntax"
    assert word in fault.mend
