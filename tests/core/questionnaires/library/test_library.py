"""The ten questionnaires as data: complete, as the method writes them, and taken by ODK's tools."""

import re
from dataclasses import replace
from functools import cache

import pytest
from pyxform.xls2xform import convert

from questionnaires import check_file, check_form, export_workbook, list_shipped
from questionnaires.form.form import UPLOADS, Form, Group, Kind, Question
from questionnaires.form.xlsform import read_form
from questionnaires.library.shipped import read_shipped, shipped_form
from questionnaires.scoring.plan import NONE, ScoredQuestion, plan_scoring
from supply_chain.reference.release import load_reference
from supply_chain.risk.method import METHOD
from tests.library_rows import (
    BY_ID,
    COMMON,
    REFS,
    ROWS,
    SCORED,
    TODAY,
    Row,
    expected_options,
    expected_values,
    listed_options,
    ref_of,
)

SENT_ON = "SAQ-B04"  # each of its options goes to a factor of its own
IF_YOUNG = "SAQ-E01"  # its flag fires only where there are workers under 18
DERIVED = {"DER-1"}


@cache
def by_id(ref: str) -> dict[str, Question | Group]:
    form = shipped_form(ref)
    return {node.extras["dd:id"]: node for node in form.nodes() if node.extras.get("dd:id")}


@cache
def scored(ref: str) -> dict[str, ScoredQuestion]:
    return {question.id: question for question in plan_scoring(shipped_form(ref)).questions}


def rows(*, kinds: str, answers: str = "", of: list[Row] = ROWS) -> pytest.MarkDecorator:
    """One case for each row of these types."""
    found = [
        row for row in of if row["type"] in kinds.split() and row["answers"].startswith(answers)
    ]
    return pytest.mark.parametrize("row", found, ids=[row["id"] for row in found])


def test_the_library_is_the_ten_questionnaires_of_the_method_with_257_questions():
    assert {shipped.ref for shipped in list_shipped()} == set(REFS)
    assert (len(REFS), len(ROWS)) == (10, 257)


@pytest.mark.parametrize("ref", REFS)
def test_a_questionnaire_asks_every_question_of_the_method_and_no_other(ref):
    rows_of_it = {row["id"] for row in ROWS if ref_of(row) == ref}

    assert set(by_id(ref)) - DERIVED == rows_of_it


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_type_light_mode_and_name_are_those_of_the_method(row):
    node = by_id(ref_of(row))[row["id"]]

    kind = "repeat" if isinstance(node, Group) else node.kind.value
    assert kind == row["type"]
    assert node.extras.get("dd:light", "") == row["light"]
    assert node.name == row["id"].replace("-", "_")


@pytest.mark.parametrize("row", SCORED, ids=[row["id"] for row in SCORED])
def test_weight_and_target_are_those_of_the_method(row):
    question = scored(ref_of(row))[row["id"]]
    column = {"CTL": "control", "CLO": "criterion"}.get(row["maps"][:3], "factor")

    assert question.weight == float(row["weight"])
    targets = {name: getattr(question, name) for name in ("factor", "control", "criterion")}
    assert {name: ref for name, ref in targets.items() if ref} == {column: row["maps"]}


UNSCORED = [row for row in ROWS if row["weight"] == "0"]


@pytest.mark.parametrize("row", UNSCORED, ids=[row["id"] for row in UNSCORED])
def test_what_is_not_scored_says_what_it_is_for(row):
    extras = by_id(ref_of(row))[row["id"]].extras

    assert (extras["dd:use"], extras.get("dd:answer_set", "NS")) == (row["maps"], "NS")


CHOSEN = [row for row in SCORED if not row["answers"].startswith("G:")]


@rows(kinds="select_one select_multiple", of=CHOSEN)
def test_risk_values_and_red_flags_are_those_of_the_method(row):
    options = scored(ref_of(row))[row["id"]].options

    assert {name: (o.r, o.red_flag) for name, o in options.items()} == expected_options(row)
    conditional = {o.red_flag_if for o in options.values() if o.red_flag_if}
    assert bool(conditional) == (row["id"] == IF_YOUNG)
    assert any(o.sends_factor for o in options.values()) == (row["id"] == SENT_ON)


@rows(kinds="select_multiple", answers="G:")
def test_lists_of_good_practices_are_those_of_the_method_and_none(row):
    question = scored(ref_of(row))[row["id"]]

    assert question.answer_set == "G"
    assert list(question.options) == [*listed_options(row), NONE]


@rows(kinds="integer", of=SCORED)
def test_numbers_are_judged_as_the_method_says_at_the_edge_of_every_band(row):
    rule = scored(ref_of(row))[row["id"]].rule

    assert rule is not None
    for number, expected in expected_values(row).items():
        band = rule.judge(number, today=TODAY)
        assert band is not None
        assert (pytest.approx(band.r), band.red_flag) == expected, number


@pytest.mark.parametrize(
    ("question", "answer", "r"),
    [
        ("SAQ-A07", "2024-06-15", 0),
        ("SAQ-A07", "2024-06-14", 0.5),
        ("SAQ-A07", "never", 1),
        ("FIN-15", "2025-06-15", 0),
        ("FIN-15", "2025-06-14", 0.5),
        ("FIN-15", "2024-06-15", 0.5),
        ("FIN-15", "2024-06-14", 1),
        ("FIN-15", "never", 1),
    ],
)
def test_days_are_judged_by_the_months_since_then(question, answer, r):
    rule = scored(ref_of(BY_ID[question]))[question].rule

    assert rule is not None
    band = rule.judge(answer, today=TODAY)
    assert band is not None
    assert band.r == r


def test_every_scored_date_is_tested_above():
    dates = {row["id"] for row in SCORED if row["type"] == "date"}

    assert dates == {"SAQ-A07", "FIN-15"}


@rows(kinds="select_one select_multiple", answers="NS:")
def test_answers_that_are_not_scored_are_those_of_the_method(row):
    node = by_id(ref_of(row))[row["id"]]
    offered = [choice.name for choice in node.choices]

    if row["id"] == "AGR-01":  # "list of SEC-01 codes"
        assert set(offered) <= set(load_reference().activities)
    else:
        assert offered == listed_options(row)


@pytest.mark.parametrize("ref", REFS)
def test_evidence_is_asked_where_the_method_asks_it_and_is_never_a_must(ref):
    uploads = [q for q in shipped_form(ref).questions() if q.kind in UPLOADS]
    asked = {q.extras.get("dd:evidence_for") or q.extras["dd:id"] for q in uploads}

    wanted = {row["id"] for row in ROWS if ref_of(row) == ref and row["evidence"]}
    files = {row["id"] for row in ROWS if ref_of(row) == ref and row["type"] == "file"}
    assert asked == wanted | files
    assert not any(question.rules.required for question in uploads)


@pytest.mark.parametrize("ref", REFS)
def test_an_evidence_request_is_shown_exactly_where_its_question_is(ref):
    for question in shipped_form(ref).questions():
        if of := question.extras.get("dd:evidence_for"):
            assert question.rules.relevant == by_id(ref)[of].rules.relevant


@pytest.mark.parametrize("row", SCORED, ids=[row["id"] for row in SCORED])
def test_every_scored_question_is_required_so_that_silence_counts(row):
    assert by_id(ref_of(row))[row["id"]].rules.required


@rows(kinds="select_one")
def test_i_do_not_know_is_on_offer_where_the_method_has_it(row):
    node = by_id(ref_of(row))[row["id"]]

    has_it = "unsure" in COMMON.get(row["answers"].partition(";")[0], row["answers"])
    assert ("unsure" in {choice.name for choice in node.choices}) == has_it


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_question_says_why_it_is_asked(row):
    node = by_id(ref_of(row))[row["id"]]

    assert row["why"]
    assert isinstance(node, Question | Group)
    if isinstance(node, Question):
        assert node.hint.plain().startswith("Why we ask: ")


def test_conduct_of_the_buyer_is_charged_to_the_buyer_and_nothing_else_is():
    charged = {
        question.id: question.charged_to
        for ref in REFS
        for question in scored(ref).values()
        if question.charged_to
    }

    assert charged == {row["id"]: "buyer" for row in ROWS if row["maps"] == "WRK-21"}


def test_counts_of_children_are_never_shown_below_five():
    small = {
        node_id
        for ref in REFS
        for node_id, node in by_id(ref).items()
        if node.extras.get("dd:show_below") == "5"
    }

    assert small == {"SAQ-D01", "AGR-18", "AUD-09", "AUD-10"}


def test_every_factor_and_control_is_one_of_the_method():
    known = {*METHOD.factor_index, *METHOD.control_index, "COM"}  # COM: each option to its own
    named = {q.factor or q.control for ref in REFS for q in scored(ref).values() if q.weight}

    assert named - {""} <= known


@pytest.mark.parametrize("ref", REFS)
def test_choices_speak_words_not_code_names(ref):
    labels = [c.label.plain() for q in shipped_form(ref).questions() for c in q.choices]

    assert labels
    assert not [label for label in labels if "_" in label or label[:1].islower()]


@pytest.mark.parametrize("ref", REFS)
def test_page_one_tells_that_names_are_never_asked(ref):
    welcome = next(q for q in shipped_form(ref).questions() if q.name == "welcome")

    assert welcome.kind is Kind.NOTE
    assert "ever" in welcome.label.plain()
    assert "name" in welcome.label.plain()


@pytest.mark.parametrize("ref", REFS)
def test_check_finds_no_fault_and_pyxform_takes_the_file_without_a_warning(ref, tmp_path):
    path = tmp_path / f"{ref}.md"
    path.write_bytes(read_shipped(ref))

    report = check_file(path)
    assert report.usable
    assert not report.faults
    assert convert(xlsform=read_shipped(ref), file_type=".md").warnings == []


@pytest.mark.parametrize("ref", REFS)
def test_the_exported_workbook_reads_back_to_the_same_form(ref):
    """But for comparisons of several sites at once, which are counts there."""
    workbook = export_workbook(read_shipped(ref))
    asked = re.sub(rb"(\$\{SAQ_B03\})( !?= '\w+')", rb"count(\1[.\2]) > 0", read_shipped(ref))
    form: Form = read_form(asked, file_type=".md")

    assert not check_form(workbook, ".xlsx", name=f"{ref}.xlsx").faults
    assert replace(read_form(workbook, file_type=".xlsx"), sha256=form.sha256) == form
    assert convert(xlsform=workbook, file_type=".xlsx").warnings == []
