"""What is particular to the core self-assessment; test_library compares it with the method."""

import io
import re

import pytest

from questionnaires.form.export import export_workbook
from questionnaires.form.form import Form, Group, Question
from questionnaires.library.shipped import read_shipped, shipped_form
from questionnaires.scoring.plan import ScoredQuestion, ScoringPlan, plan_scoring
from tests import library_rows
from tests.saq_responses import respond_saq

ROWS = [row for row in library_rows.ROWS if library_rows.ref_of(row) == "SAQ"]


@pytest.fixture(scope="module")
def form() -> Form:
    return shipped_form("SAQ")


@pytest.fixture(scope="module")
def plan(form: Form) -> ScoringPlan:
    return plan_scoring(form)


def by_id(form: Form) -> dict[str, Question | Group]:
    return {node.extras["dd:id"]: node for node in form.nodes() if node.extras.get("dd:id")}


def scored(plan: ScoringPlan, question_id: str) -> ScoredQuestion:
    return next(question for question in plan.questions if question.id == question_id)


def test_every_question_of_the_method_is_in_the_form_in_its_order(form):
    assert list(by_id(form)) == [row["id"] for row in ROWS]


def test_events_near_a_site_go_to_the_factors_the_method_names(plan):
    row = next(row for row in ROWS if row["id"] == "SAQ-B04")
    expected = dict(re.findall(r"(\w+)>(COM-\d\d)", row["answers"]))

    options = scored(plan, "SAQ-B04").options
    assert {name: o.sends_factor for name, o in options.items() if o.sends_factor} == expected


def test_page_one_promises_help_for_honest_problems(form):
    welcome = next(question for question in form.questions() if question.name == "welcome")

    assert "An honest problem brings help, not the loss of orders." in welcome.label.plain()


def test_sections_run_from_a_to_o_with_titles(form):
    groups = [node for node in form.children if isinstance(node, Group)]

    assert [group.name for group in groups] == list("ABCDEFGHIJKLMNO")
    assert all(len(group.label.plain()) > 8 for group in groups)


def test_exporting_twice_gives_the_same_bytes():
    markdown = read_shipped("SAQ")

    assert export_workbook(markdown) == export_workbook(markdown)
    assert io.BytesIO(export_workbook(markdown)).read(2) == b"PK"


# Conditions: what is shown, by the answers that open and close it

GATED = [
    ("SAQ-A07", {"SAQ_A06": "child_labour"}, {"SAQ_A06": "none"}),
    ("SAQ-D06", {"SAQ_D01": "1", "SAQ_C06": "no"}, {"SAQ_D01": "0", "SAQ_C06": "no"}),
    ("SAQ-D06", {"SAQ_D01": "0", "SAQ_C06": "yes"}, {"SAQ_D01": "0", "SAQ_C06": "unsure"}),
    ("SAQ-D06", {"SAQ_D01": "0", "SAQ_C06": "sometimes"}, {"SAQ_D01": "0", "SAQ_C06": ""}),
    ("SAQ-D09", {"SAQ_D08": "yes"}, {"SAQ_D08": "no"}),
    ("SAQ-D09", {"SAQ_D08": "sometimes"}, {"SAQ_D08": "unsure"}),
    ("SAQ-E02", {"SAQ_E01": "yes"}, {"SAQ_E01": "no"}),
    ("SAQ-E02", {"SAQ_E01": "sometimes"}, {"SAQ_E01": ""}),
    ("SAQ-E02", {"SAQ_E01": "unsure"}, {"SAQ_E01": "no"}),
    ("SAQ-E05", {"SAQ_C02": "1"}, {"SAQ_C02": "0"}),
    ("SAQ-I02", {"SAQ_I01": "some"}, {"SAQ_I01": "no"}),
    ("SAQ-I02", {"SAQ_I01": "most"}, {"SAQ_I01": ""}),
    ("SAQ-I06", {"SAQ_H02": "organised_childcare"}, {"SAQ_H02": "family_at_home"}),
    ("SAQ-K03", {"SAQ_K01": "only_approved"}, {"SAQ_K01": "no", "SAQ_K02": "no"}),
    ("SAQ-K03", {"SAQ_K02": "registered_homeworkers"}, {"SAQ_K01": "no", "SAQ_K02": "no"}),
    ("SAQ-K03", {"SAQ_K01": "", "SAQ_K02": "no"}, {"SAQ_K01": "no", "SAQ_K02": "no"}),
]
PATHS = {row["id"]: f"/data/{row['id'][4]}/{row['id'].replace('-', '_')}" for row in ROWS}


@pytest.mark.parametrize(("question", "opening", "closing"), GATED)
def test_a_condition_opens_and_closes_its_question(question, opening, closing):
    assert respond_saq(opening).state(PATHS[question]).relevant
    assert not respond_saq(closing).state(PATHS[question]).relevant


@pytest.mark.parametrize(
    ("question", "open_site"), [("SAQ-G02", "yes"), ("SAQ-G02", "sometimes"), ("SAQ-I06", "unsure")]
)
def test_one_site_with_children_is_enough_to_open_a_question(question, open_site):
    calm = {"SAQ_B03": "no"}

    opened = respond_saq({}, sites=[calm, {"SAQ_B03": open_site}])
    assert opened.state(PATHS[question]).relevant
    assert not respond_saq({}, sites=[calm, calm]).state(PATHS[question]).relevant


def test_an_invitation_needs_a_contact_only_where_it_is_to_be_sent():
    suppliers = [{"SAQ_N05": "invite_now"}, {"SAQ_N05": "not_yet"}]
    response = respond_saq({}, suppliers=suppliers)

    assert response.state("/data/N/SAQ_N01[1]/SAQ_N06").relevant
    assert not response.state("/data/N/SAQ_N01[2]/SAQ_N06").relevant


def test_every_conditional_question_is_tested_above():
    conditional = {row["id"] for row in ROWS if row["show_if"].partition("[REP")[0].strip()}

    assert conditional == {case[0] for case in GATED} | {"SAQ-G02", "SAQ-N06"}


def test_only_supplier_entries_that_were_begun_have_required_fields():
    begun = respond_saq({}, suppliers=[{"SAQ_N02": "Golden Gin Ltd"}])
    blank = respond_saq(
        {}, suppliers=[{"SAQ_N02": "", "SAQ_N03": "", "SAQ_N04": "", "SAQ_N05": ""}]
    )

    assert begun.state("/data/N/SAQ_N01[1]/SAQ_N03").required
    assert not blank.state("/data/N/SAQ_N01[1]/SAQ_N03").required


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAQ_C01", "101"),
        ("SAQ_C02", "-1"),
        ("SAQ_N07", "150"),
        ("SAQ_D01", "-1"),
        ("SAQ_F03", "169"),
        ("SAQ_A07", "2026-06-16"),
        ("SAQ_D06", "none heights"),
        ("SAQ_A06", "none safeguarding"),
    ],
)
def test_an_impossible_answer_is_refused_with_words(name, value):
    answers = {"SAQ_D01": "1", "SAQ_A06": "safeguarding", name: value}
    state = respond_saq(answers).state(f"/data/{name[4]}/{name}")

    assert not state.constraint_ok
    assert state.constraint_message


def test_a_date_is_not_asked_of_those_who_never_approved_the_policy():
    never = respond_saq({"SAQ_A06": "safeguarding", "SAQ_A07": "", "SAQ_A07_never": "never"})
    silent = respond_saq({"SAQ_A06": "safeguarding", "SAQ_A07": ""})

    assert not never.state("/data/A/SAQ_A07").required
    assert silent.state("/data/A/SAQ_A07").required
