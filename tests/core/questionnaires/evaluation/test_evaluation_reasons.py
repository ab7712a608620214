"""Why a question is hidden or its answer is wrong, in the words of the form."""

import pytest

from questionnaires.evaluation.explaining import (
    Reading,
    as_written,
    how_calculated,
    why_hidden,
    why_wrong,
)
from tests.forms import respond, table

FORM = table(
    "survey",
    "type | name | label | relevant | constraint | calculation",
    "integer | age | Age | | . < ${limit} | ",
    "integer | limit | Limit | | | ",
    "begin group | work | Work | ${age} > 15 | | ",
    "text | task | Task | ${age} > 20 | | ",
    "end group | | | | | ",
    "begin repeat | room | Room | | | ",
    "integer | beds | Beds | | | ",
    "text | who | Who? | ${beds} > 0 | | ",
    "end repeat | | | | | ",
    "calculate | all | | | | sum(${beds})",
)


def test_a_hidden_question_names_its_condition_and_what_that_reads():
    response = respond(FORM)
    response.set("/data/age", "18")

    reason = why_hidden(response, response.state("/data/work/task"))

    assert reason is not None
    assert (reason.rule, reason.at) == ("${age} > 20", "")
    assert reason.readings == (Reading("age", "Age", "18"),)


def test_a_hidden_group_is_the_reason_for_all_in_it():
    response = respond(FORM)

    reason = why_hidden(response, response.state("/data/work/task"))

    assert reason is not None
    assert (reason.rule, reason.at) == ("${age} > 15", "Work")
    assert reason.readings == (Reading("age", "Age", ""),)


def test_what_is_shown_and_right_has_no_reason():
    response = respond(FORM)

    assert why_hidden(response, response.state("/data/age")) is None
    assert why_wrong(response, response.state("/data/age")) is None
    assert how_calculated(response, response.state("/data/age")) is None


def test_in_a_repeat_the_value_of_the_same_entry_is_told():
    response = respond(FORM)
    response.add_repeat("/data/room")
    response.set("/data/room[1]/beds", "3")
    response.set("/data/room[2]/beds", "0")

    reason = why_hidden(response, response.state("/data/room[2]/who"))

    assert reason is not None
    assert reason.readings == (Reading("beds", "Beds", "0"),)


def test_a_sum_names_the_values_of_every_entry():
    response = respond(FORM)
    response.add_repeat("/data/room")
    response.set("/data/room[1]/beds", "3")
    response.set("/data/room[2]/beds", "4")

    reason = how_calculated(response, response.state("/data/all"))

    assert reason is not None
    assert reason.rule == "sum(${beds})"
    assert reason.readings == (Reading("beds", "Beds", "3, 4"),)


def test_a_broken_rule_is_told_without_the_answer_itself():
    response = respond(FORM)
    response.set("/data/limit", "10")
    response.set("/data/age", "12")

    reason = why_wrong(response, response.state("/data/age"))

    assert reason is not None
    assert reason.rule == ". < ${limit}"
    assert reason.readings == (Reading("limit", "Limit", "10"),)


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        (" /data/g/a  > 3", "${a}> 3"),
        (" ../b  = 'x'", "${b}= 'x'"),
        ("position(..) < 3", "position(..) < 3"),
        ("6 div 2", "6 div 2"),
        ("selected( /data/m , 'a')", "selected(${m}, 'a')"),
    ],
)
def test_paths_are_written_as_names(rule, written):
    assert as_written(rule).replace(" ", "") == written.replace(" ", "")
