"""What a form says and does not mean is told as a warning, and never keeps the form out."""

import pytest

from questionnaires import Fault, check_form
from tests.forms import table

COLUMNS = "type|name|label|relevant|required|constraint|constraint_message|calculation|default"
CHOICES = table("choices", "list_name|name|label", "yn|yes|Yes", "yn|no|No", "n|1|One", "n|2|Two")
ROWS = (
    "select_one yn|one|One",
    "select_one n|step|Step",
    "select_multiple yn|many|Many",
    "integer|count|Count",
    "date|day|Day",
    "begin repeat|member|Member",
    "integer|age|Age",
    "end repeat||",
)
ROW = len(ROWS) + 2


def faults(kind: str, parameters: str = "", **cells: str) -> tuple[Fault, ...]:
    """What a check says of one row below questions of several kinds; the form can be used."""
    row = {"type": kind, "name": "q", "label": "Q", "constraint_message": "No", **cells}
    names = COLUMNS.split("|")
    last = "|".join([*(row.get(name, "") for name in names), parameters])
    survey = table("survey", f"{COLUMNS}|parameters", *ROWS, last)
    report = check_form((survey + CHOICES).encode(), ".csv", name="form.csv")
    assert report.usable
    return report.faults


@pytest.mark.parametrize(
    ("kind", "column", "cell", "code", "at"),
    [
        ("date", "constraint", ". <= 2024-01-31", "date-unquoted", 5),
        ("text", "relevant", "${day} > 2024-01-31", "date-unquoted", 9),
        ("integer", "constraint", "1 < . < 5", "comparison-chained", 6),
        ("text", "relevant", "${day} > '31.12.2024'", "never-true", 0),
        ("text", "relevant", "${count} = 'few'", "never-true", 0),
        ("text", "relevant", "selected(${count}, 'few')", "never-true", 9),
        ("text", "relevant", "${one} = 1", "choice-never", 0),
        ("text", "relevant", "${step} = -3", "choice-never", 0),
        ("select_one n", "relevant", "count(${one}[. = '1']) > 0", "choice-never", 13),
        ("text", "relevant", "count(${day}[. > '31.12.2024']) > 0", "never-true", 13),
        ("text", "relevant", "${many} = 'yes'", "choice-alone", 0),
        ("text", "relevant", "${many} != 'yes'", "choice-alone", 0),
        ("text", "relevant", "${one} = 'yes' and ${one} = 'no'", "never-true", 26),
        ("text", "relevant", "selected(${one}, 'yes') and (${one} = 'no')", "never-true", 36),
        (
            "text",
            "relevant",
            "${day} != '' and (${one} = 'yes' and ${one} = 'no')",
            "never-true",
            44,
        ),
        ("text", "relevant", "${count} > 5 and ${count} <= 5", "never-true", 26),
        ("integer", "constraint", "6 <= . and . < 9 and . = 3", "never-true", 23),
        ("text", "relevant", "selected('yes', ${one})", "arguments-wrong", 0),
        ("text", "relevant", "'no'", "condition-always", 0),
        ("text", "required", "'no'", "condition-always", 0),
        ("text", "relevant", "(${one} and ${count} > 2)", "condition-always", 1),
        ("text", "required", "oui", "reference-unknown", 0),
        ("integer", "constraint", "${count} > 3", "constraint-without-answer", 9),
        ("text", "relevant", "${age} > 17", "repeat-read-as-one", 0),
        ("text", "label", "They are ${age} years old", "repeat-read-as-one", 9),
        ("calculate", "calculation", "${age} + ${age}", "repeat-read-as-one", 0),
    ],
)
def test_what_is_not_meant_is_told_at_its_place(kind, column, cell, code, at):
    (fault,) = faults(kind, **{column: cell})

    assert (fault.code, fault.level, fault.row) == (code, "warning", ROW)
    assert (fault.column, fault.at, fault.cell) == (column, at, cell)
    assert fault.message and fault.mend


@pytest.mark.parametrize(
    ("kind", "column", "cell"),
    [
        ("date", "constraint", ". <= '2024-01-31' and . > today() - 30"),
        ("integer", "constraint", "1 < . and . < 5 and . != ${count} - 2 - 1"),
        ("text", "constraint", "string-length() > 2"),
        ("integer", "constraint", "${q} > ${count}"),
        ("text", "relevant", "${many} = 'yes no' or ${many} = ''"),
        ("text", "relevant", "${step} = 2 and ${step} > 1 and ${one} != 'no'"),
        ("text", "relevant", "(${one} = 'yes') = (${count} > 2)"),
        ("text", "relevant", "(${count} > 2) = true() and not(${one} = 'no')"),
        ("text", "relevant", "${count} > 5 or ${count} < 3"),
        ("text", "relevant", "${day} > '2024-01-31' and ${day} < '2024-02-29'"),
        ("text", "relevant", "${age} = 17 or sum(${age}) > 3 or count(${member}) > 2"),
        ("text", "relevant", "count(${age}[. > 17]) > 0"),
        ("date", "relevant", "count(${age}[. > 17]) > 0 and count(${one}[. = 'no']) = 1"),
        ("select_one n", "relevant", "count(${one}[. = 'yes']) > 0 or count(${day}[. = '']) = 1"),
        ("calculate", "calculation", "indexed-repeat(${age}, ${member}, 2) + max(${age})"),
        ("calculate", "calculation", "if(selected(${many}, 'yes'), -(2024), 1 - 2)"),
        ("text", "relevant", "selected(${last-saved#age}, '3')"),
        ("note", "constraint", "${count} > 3"),
        ("text", "required", "yes"),
    ],
)
def test_what_may_be_meant_raises_no_alarm(kind, column, cell):
    assert faults(kind, **{column: cell}) == ()


@pytest.mark.parametrize(
    ("kind", "parameters", "default", "constraint"),
    [
        ("select_one yn", "", "maybe", ""),
        ("select_multiple yn", "", "yes maybe", ""),
        ("integer", "", "few", ""),
        ("integer", "", "2.5", ""),
        ("decimal", "", "2,5", ""),
        ("date", "", "31.12.2024", ""),
        ("range", "start=0 end=10 step=2", "3", ""),
        ("integer", "", "9", ". < 5"),
        ("select_one yn", "", "no", ". = 'yes'"),
    ],
)
def test_a_default_that_can_be_no_answer_is_told(kind, parameters, default, constraint):
    (fault,) = faults(kind, parameters, default=default, constraint=constraint)

    assert (fault.code, fault.level, fault.row) == ("default-wrong", "warning", ROW)
    assert (fault.column, fault.cell) == ("default", default)


@pytest.mark.parametrize(
    ("kind", "default", "constraint"),
    [
        ("select_multiple yn", "yes no", ""),
        ("date", "2024-12-31", ". > today()"),
        ("integer", "4", ". < 5"),
        ("integer", "1 + 1", ""),
        ("integer", "9", ". < ${count}"),
        ("image", "plan.png", ""),
        ("text", "anything", ""),
    ],
)
def test_a_default_that_can_be_an_answer_raises_no_alarm(kind, default, constraint):
    assert faults(kind, default=default, constraint=constraint) == ()


def of_languages(survey: str, choices: str, settings: str = "") -> list[tuple[str | None, ...]]:
    cells = "select_one yn|q" + "|Q" * (survey.count("|") + 1)
    sheets = [
        table("survey", f"type|name|{survey}", cells),
        table("choices", f"list_name|name|{choices}", "yn|yes" + "|Y" * (choices.count("|") + 1)),
        table("settings", "default_language", settings) if settings else "",
    ]
    report = check_form("".join(sheets).encode(), ".csv", name="form.csv")
    assert report.usable
    return [(f.code, f.sheet, f.column, f.mend) for f in report.faults if f.row == 1]


def test_headings_that_name_one_language_in_two_ways_are_told():
    found = of_languages("label::French (fr)|hint::French (fr)", "label::french")

    mend = "'French (fr)' and 'french' are two languages to an app: write one of them."
    assert found[0] == ("translation-missing", "survey", "label::French (fr)", mend)
    assert [one[:3] for one in found[1:]] == [
        ("translation-missing", "survey", "hint::French (fr)"),
        ("translation-missing", "choices", "label::french"),
    ]


def test_a_sheet_without_a_language_of_the_other_is_told_unless_it_is_the_default():
    assert of_languages("label::en|label::fr", "label::en|label::fr") == []
    (found,) = of_languages("label::en|label::fr", "label", "en")
    assert found[:3] == ("translation-missing", "choices", "label")
    assert found[3] == "Add the column label::fr; until then the default language is shown."
    (found,) = of_languages("label::en", "label")
    assert found[3] == "Say in which language 'label' is, such as label::en."


def test_headings_with_spaces_and_capitals_mean_the_columns_of_xlsform():
    survey = table(
        "survey",
        "type|name|label|Choice Filter|Constraint Message|constraint",
        "select_one yn|q|Q|name != 'no'|No|. != 'x y'",
    )
    report = check_form((survey + CHOICES).encode(), ".csv", name="form.csv")

    assert [f.code for f in report.faults] == ["choice-never"]
