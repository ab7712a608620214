"""One mistake of an author is one fault, at its cell, with the way to mend it."""

import pytest

from questionnaires import FormReport, check_form
from tests.forms import table

SURVEY = "type | name | label | relevant | calculation"
YES_NO = table("choices", "list_name | name | label", "yn | yes | Yes", "yn | no | No")
BEGIN_GROUP, BEGIN_REPEAT = "begin group | g | G | | ", "begin repeat | r | R | | "
END_GROUP, END_REPEAT = "end group | | | | ", "end repeat | | | | "
QUESTION = "text | a | A | | "


def check(*sheets: str) -> FormReport:
    return check_form("".join(sheets).encode(), ".csv", name="form.csv")


def survey(*rows: str) -> str:
    return table("survey", SURVEY, *rows)


ONE_FAULT = {
    "a group that crosses a repeat": (
        ("group-unopened", "survey", 5, "type"),
        [survey(BEGIN_GROUP, BEGIN_REPEAT, QUESTION, END_GROUP, END_REPEAT)],
    ),
    "a repeat in a group without its end": (
        ("group-unclosed", "survey", 3, "type"),
        [survey(BEGIN_GROUP, BEGIN_REPEAT, QUESTION, END_GROUP)],
    ),
    "an end of the wrong kind": (
        ("group-unopened", "survey", 4, "type"),
        [survey(BEGIN_REPEAT, QUESTION, END_GROUP)],
    ),
    "an end too many": (
        ("group-unopened", "survey", 5, "type"),
        [survey(BEGIN_GROUP, QUESTION, END_GROUP, END_GROUP)],
    ),
    "no column type": (
        ("column-missing", "survey", 1, None),
        [table("survey", "name | label", "a | A")],
    ),
    "no column name": (
        ("column-missing", "survey", 1, None),
        [table("survey", "type | label", "text | A")],
    ),
    "no sheet of choices": (
        ("sheet-missing", None, None, None),
        [survey("select_one yn | q | Q | | ")],
    ),
    "no column list_name": (
        ("column-missing", "choices", 1, None),
        [survey("select_one yn | q | Q | | "), table("choices", "liste | name | label", "yn|y|Y")],
    ),
    "a calculation without one": (
        ("calculation-missing", "survey", 2, "calculation"),
        [survey("calculate | c | | | ")],
    ),
    "answers given elsewhere and a filter": (
        ("converter", "survey", 2, "choice_filter"),
        [
            table(
                "survey",
                "type | name | label | choice_filter",
                "select_one yn or_other | q | Q | name != 'no'",
            ),
            YES_NO,
        ],
    ),
    "a repeat that is counted by itself": (
        ("circular", "survey", 2, "repeat_count"),
        [
            table(
                "survey",
                "type | name | label | repeat_count",
                "begin repeat | r | R | string-length(.) + 1",
                "text | a | A | ",
                "end repeat | | | ",
            )
        ],
    ),
    "a reserved name": (
        ("converter", "survey", 2, "Name"),
        [table("survey", "type | Name | label", "text | meta | A")],
    ),
    "a space in a name that stands beside others": (
        ("name-invalid", "choices", 2, "name"),
        [
            survey("select_multiple l | q | Q | | "),
            table("choices", "list_name | name | label", "l | no way | No"),
        ],
    ),
    "a language that is not there": (
        ("translation-missing", "settings", 2, "default_language"),
        [
            table("survey", "type | name | label::English (en)", "text | a | A"),
            table("settings", "default_language", "French (fr)"),
        ],
    ),
    "the name of an instance that is cut off": (
        ("expression-syntax", "settings", 2, "instance_name"),
        [survey(QUESTION), table("settings", "instance_name", "concat(${a}, ")],
    ),
    "the name of an instance by a question that is not there": (
        ("reference-unknown", "settings", 2, "instance_name"),
        [survey(QUESTION), table("settings", "instance_name", "${zz}")],
    ),
    "a type with a typing mistake": (
        ("type-unknown", "survey", 2, "type"),
        [survey("select_on yn | q | Q | | "), YES_NO],
    ),
    "a type with a capital letter": (
        ("type-unknown", "survey", 2, "type"),
        [survey("Select_One yn | q | Q | | "), YES_NO],
    ),
    "a group that begins with a capital letter": (
        ("type-unknown", "survey", 2, "type"),
        [survey("Begin group | g | G | | ", QUESTION, END_GROUP)],
    ),
    "a repeat that nobody is told about": (
        ("label-missing", "survey", 2, "label"),
        [survey("begin repeat | r | | | ", QUESTION, END_REPEAT)],
    ),
    "a space in a name that is put in order": (
        ("name-invalid", "choices", 2, "name"),
        [
            survey("rank l | q | Q | | "),
            table("choices", "list_name | name | label", "l | no way | No"),
        ],
    ),
}


@pytest.mark.parametrize("mistake", ONE_FAULT)
def test_one_mistake_is_one_fault_at_its_cell(mistake):
    expected, sheets = ONE_FAULT[mistake]

    found = check(*sheets).faults

    assert [(f.code, f.sheet, f.row, f.column) for f in found] == [expected]
    assert found[0].mend


def test_answers_from_earlier_ones_or_from_outside_need_no_sheet_of_choices():
    people = survey(
        "begin repeat | r | R | | ",
        QUESTION,
        "end repeat | | | | ",
        "select_one ${a} | q | Q | | ",
    )
    towns = table(
        "external_choices", "list_name | name | label | country", "towns | acc | Accra | gh"
    )
    asked = table(
        "survey",
        "type | name | label | choice_filter",
        "text | c | C | ",
        "select_one_external towns | t | T | country = ${c}",
    )

    assert check(people).faults == ()
    assert [fault for fault in check(asked, towns).faults if fault.level == "error"] == []
