"""The core self-assessment as data: complete, as the method writes it, and taken by ODK's tools."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from questionnaires.export import export_workbook
from questionnaires.form import UPLOADS, Form, Group, Kind, Question
from questionnaires.library import read_shipped, shipped_form
from questionnaires.scoring_plan import NONE, ScoredQuestion, ScoringPlan, plan_scoring
from questionnaires.xlsform import read_form
from tests.saq_responses import respond_saq

# One line a question as the method lists them (Q-1.0, section a).
ROWS = list(
    csv.DictReader((Path(__file__).parents[1] / "data/saq_rows.csv").read_text().splitlines())
)
SCORED = [row for row in ROWS if row["weight"] != "0"]
COMMON = {
    "YN+": "yes=0; partly=.5; no=1; unsure=.75",
    "YN-": "no=0; sometimes=.6; yes=1; unsure=.75",
    "FR+": "always=0; mostly=.35; rarely=.8; never=1; unsure=.75",
}


@pytest.fixture(scope="module")
def form() -> Form:
    return shipped_form("SAQ")


@pytest.fixture(scope="module")
def plan(form: Form) -> ScoringPlan:
    return plan_scoring(form)


def by_id(form: Form) -> dict[str, Question | Group]:
    return {node.extras["dd:id"]: node for node in form.nodes() if node.extras.get("dd:id")}


def expected_options(row: dict[str, str]) -> dict[str, tuple[float, str]]:
    """Option -> (r, red flag) as the method's table writes them for one question."""
    text = row["answers"]
    every = "any except none !RF-03" in text
    text = COMMON.get(text.split(";")[0], text.split("; any except")[0])
    options = {}
    for part in re.split(r"[;,]", text.removeprefix("B:")):
        name, _, value = re.sub(r"!RF-\d\d|>COM-\d\d", "", part).strip().partition("=")
        flag = re.search(r"RF-\d\d", part)
        default = 0.0 if name == NONE else 1.0 if ">" in part else 0.5
        r = float(value) if value else default
        fired = "RF-03" if every and name != NONE else flag.group() if flag else ""
        options[name] = (r, fired)
    return options


def scored(plan: ScoringPlan, question_id: str) -> ScoredQuestion:
    return next(question for question in plan.questions if question.id == question_id)


def test_every_question_of_the_method_is_in_the_form_in_its_order(form):
    assert list(by_id(form)) == [row["id"] for row in ROWS]


def test_every_node_carries_the_id_of_its_question_as_its_name(form):
    assert all(node.name == node_id.replace("-", "_") for node_id, node in by_id(form).items())


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_type_and_light_mode_are_those_of_the_method(form, row):
    node = by_id(form)[row["id"]]

    kind = "repeat" if isinstance(node, Group) else node.kind.value
    assert kind == row["type"]
    assert node.extras.get("dd:light", "") == row["light"]


@pytest.mark.parametrize("row", SCORED, ids=[row["id"] for row in SCORED])
def test_weight_and_target_are_those_of_the_method(plan, row):
    question = scored(plan, row["id"])

    assert question.weight == float(row["weight"])
    assert (question.control or question.factor) == row["maps"]
    assert bool(question.control) == row["maps"].startswith("CTL")


CHOSEN = [r for r in SCORED if r["type"].startswith("select") and not r["answers"].startswith("G:")]
RULES = [
    ("SAQ-A07", "2026-05-01", 0),
    ("SAQ-A07", "2020-05-01", 0.5),
    ("SAQ-A07", "never", 1),
    ("SAQ-C01", "30", 0.3),
    ("SAQ-C02", "0", 0),
    ("SAQ-C02", "20", 0.3),
    ("SAQ-C02", "50", 0.6),
    ("SAQ-C02", "51", 1),
    ("SAQ-C03", "25", 0.5),
    ("SAQ-C03", "60", 1),
    ("SAQ-F03", "48", 0),
    ("SAQ-F03", "60", 0.4),
    ("SAQ-F03", "72", 0.8),
    ("SAQ-F03", "73", 1),
    ("SAQ-N07", "100", 1),
]


@pytest.mark.parametrize(("question", "answer", "r"), RULES)
def test_numbers_and_dates_are_judged_as_the_method_says(plan, question, answer, r):
    rule = scored(plan, question).rule

    assert rule is not None
    assert rule.judge(answer, today=date(2026, 6, 15)).r == r


LISTS = [row for row in SCORED if row["answers"].startswith("G:")]


@pytest.mark.parametrize("row", CHOSEN, ids=[row["id"] for row in CHOSEN])
def test_risk_values_and_red_flags_are_those_of_the_method(plan, row):
    options = scored(plan, row["id"]).options

    assert {name: (o.r, o.red_flag) for name, o in options.items()} == (
        expected_options(row)
        if row["id"] != "SAQ-E01"
        else expected_options(row) | {"yes": (1.0, "RF-05")}
    )


@pytest.mark.parametrize("row", LISTS, ids=[row["id"] for row in LISTS])
def test_lists_of_good_practices_are_those_of_the_method_and_none(plan, row):
    question = scored(plan, row["id"])

    listed = [name.strip() for name in row["answers"].removeprefix("G:").split(",")]
    assert question.answer_set == "G"
    assert list(question.options) == [*listed, NONE]


def test_events_near_a_site_go_to_the_factors_the_method_names(plan):
    row = next(row for row in ROWS if row["id"] == "SAQ-B04")
    expected = dict(re.findall(r"(\w+)>(COM-\d\d)", row["answers"]))

    options = scored(plan, "SAQ-B04").options
    assert {name: o.sends_factor for name, o in options.items() if o.sends_factor} == expected


def test_evidence_is_asked_where_the_method_asks_it(form):
    asked = {q.extras["dd:evidence_for"] for q in form.questions() if "dd:evidence_for" in q.extras}

    assert asked == {row["id"] for row in ROWS if row["evidence"]}
    assert all(q.kind in UPLOADS for q in form.questions() if "dd:evidence_for" in q.extras)


def test_an_evidence_request_is_shown_exactly_where_its_question_is(form):
    nodes = by_id(form)
    for question in form.questions():
        if of := question.extras.get("dd:evidence_for"):
            assert question.rules.relevant == nodes[of].rules.relevant
            assert question.rules.required is None


def test_every_scored_question_is_required_so_that_silence_counts(form):
    nodes = by_id(form)

    assert all(nodes[row["id"]].rules.required for row in SCORED)


def test_i_do_not_know_is_on_offer_where_the_method_has_it(form):
    for question_id, node in by_id(form).items():
        row = next(row for row in ROWS if row["id"] == question_id)
        has_it = "unsure" in COMMON.get(row["answers"].split(";")[0], row["answers"])
        if isinstance(node, Question) and node.kind is Kind.SELECT_ONE:
            assert ("unsure" in {choice.name for choice in node.choices}) == has_it


def test_every_question_says_why_it_is_asked_in_plain_words(form):
    for node in by_id(form).values():
        if isinstance(node, Question):
            assert node.hint.plain().startswith("Why we ask: ")


def test_choices_speak_words_not_code_names(form):
    labels = [choice.label.plain() for q in form.questions() for choice in q.choices]

    assert labels
    assert not [label for label in labels if "_" in label or label[:1].islower()]


def test_page_one_promises_help_for_honest_problems(form):
    welcome = next(question for question in form.questions() if question.name == "welcome")

    assert "An honest problem brings help, not the loss of orders." in welcome.label.plain()


def test_sections_run_from_a_to_o_with_titles(form):
    groups = [node for node in form.children if isinstance(node, Group)]

    assert [group.name for group in groups] == list("ABCDEFGHIJKLMNO")
    assert all(len(group.label.plain()) > 8 for group in groups)


def test_pyxform_takes_the_form_without_a_warning():
    assert convert(xlsform=read_shipped("SAQ"), file_type=".md").warnings == []


def test_the_exported_workbook_reads_back_to_the_same_form(form):
    again = read_form(export_workbook(read_shipped("SAQ")), file_type=".xlsx")

    assert replace(again, sha256=form.sha256) == form
    assert convert(xlsform=export_workbook(read_shipped("SAQ")), file_type=".xlsx").warnings == []


def test_exporting_twice_gives_the_same_bytes():
    markdown = read_shipped("SAQ")

    assert export_workbook(markdown) == export_workbook(markdown)
    assert io.BytesIO(export_workbook(markdown)).read(2) == b"PK"


# Conditions: what is shown, by the answers that open and close it

GATED = [
    ("SAQ-A07", {"SAQ_A06": "child_labour"}, {"SAQ_A06": "none"}),
    ("SAQ-D05", {"SAQ_D01": "1"}, {"SAQ_D01": "0"}),
    ("SAQ-D05", {"SAQ_D01": "1"}, {"SAQ_D01": ""}),
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
