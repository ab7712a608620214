"""A question of a repeat compared from outside, in the files that apps on phones are given."""

import re

import pytest

from questionnaires import export_workbook, read_form, read_shipped
from questionnaires.form.phone_form import xform_of
from questionnaires.form.repeat_comparisons import counted
from questionnaires.library.shipped import shipped_form
from tests.saq_responses import respond


def survey(condition):
    return [
        {"type": "begin repeat", "name": "site", "label": "Site"},
        {"type": "text", "name": "child", "label": "Child?"},
        {"type": "text", "name": "why", "label": "Why?", "relevant": "${child} = 'yes'"},
        {"type": "begin_repeat", "name": "room", "label": "Room"},
        {"type": "text", "name": "lit", "label": "Light?", "Relevance": "${child} != 'no'"},
        {"type": "end_repeat"},
        {"type": "text", "name": "dark", "label": "Dark?", "relevant": "${lit} = 'no'"},
        {"type": "end repeat"},
        {"type": "text", "name": "safe", "label": "Safe?", "Relevance": condition},
    ]


def test_a_comparison_from_outside_its_repeat_is_a_count_and_one_from_within_stays():
    rows = counted(survey("${child} = 'yes' or ( ${lit}!=\"no\" and ${safe} = 1)"))

    assert rows[-1]["Relevance"] == (
        "count(${child}[. = 'yes']) > 0 or ( count(${lit}[. != \"no\"]) > 0 and ${safe} = 1)"
    )
    assert rows[2] == survey("")[2]
    assert rows[4] == survey("")[4]
    assert rows[6]["relevant"] == "count(${lit}[. = 'no']) > 0"


@pytest.mark.parametrize(
    "condition",
    [
        "count(${site}[${child} = 'yes']) > 0",
        "1 + ${child} = 2",
        "${child} = 2 + 1",
        "${child} = ${safe}",
        "${nobody} = 'yes'",
    ],
)
def test_what_may_mean_something_else_is_left_as_it_is(condition):
    assert counted(survey(condition))[-1]["Relevance"] == condition


def test_no_condition_of_the_self_assessment_compares_several_sites_at_once_on_a_phone():
    conditions = re.findall(r'relevant="([^"]*)"', xform_of(read_shipped("SAQ"), ".md"))

    of_sites = [text for text in conditions if "/data/B/SAQ_B01/SAQ_B03" in text.replace(" ", "")]
    assert len(of_sites) == 4
    assert all("count(" in text for text in of_sites)


@pytest.mark.parametrize("second", ["no", "sometimes", ""])
def test_the_workbook_that_goes_out_asks_the_same_as_the_questionnaire(second):
    sites = {"/data/B/SAQ_B01[1]/SAQ_B03": "no", "/data/B/SAQ_B01[2]/SAQ_B03": second}
    forms = shipped_form("SAQ"), read_form(export_workbook(read_shipped("SAQ")), file_type=".xlsx")

    asked = [
        [
            respond(form, sites).state(path).relevant
            for path in ("/data/G/SAQ_G02", "/data/I/SAQ_I06")
        ]
        for form in forms
    ]
    assert asked[0] == asked[1] == [second == "sometimes", second != "no"]
