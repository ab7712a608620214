"""Answers become signals as the method's section 0 says; the numbers can be checked by hand."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.errors import FormUnusable
from questionnaires.form.form import Form
from questionnaires.form.xlsform import read_form
from questionnaires.library.red_flags import red_flags
from questionnaires.library.shipped import shipped_form
from questionnaires.scoring.items import Item
from questionnaires.scoring.notices import red_flags_fired
from questionnaires.scoring.plan import ScoredQuestion, plan_scoring
from questionnaires.scoring.score import credit_control, score, score_factor
from questionnaires.scoring.signals import Signals
from tests.library_responses import respond as respond_to
from tests.sampling import examples
from tests.saq_responses import GOOD_ANSWERS, respond, respond_saq

SAQ = shipped_form("SAQ")
SAQ_PLAN = plan_scoring(SAQ)


def item(w: float, r: float, source_type: str = "supplier_answer", **more: object) -> Item:
    return Item("Q", None, "x", r=r, w=w, factor="F", source_type=source_type, **more)


def blank(w: float, r: float | None = None) -> Item:
    return Item("Q", None, None, r=r, w=w, factor="F")


def unsure(w: float) -> Item:
    return Item("Q", None, "unsure", r=None, w=w, factor="F")


def effect(found: Signals, factor: str) -> float:
    """How far a factor moves a score by its answers, below 0 down; 0 where it says nothing."""
    signal = found.factors.get(factor)
    return 0.0 if signal is None or signal.score is None else signal.quality * (signal.score - 0.5)


def signals(**answers: str) -> Signals:
    return score(respond_saq(answers))


def flags(found: Signals) -> list[tuple[str, str, str]]:
    return [(flag.red_flag, flag.question, flag.answer) for flag in found.red_flags]


# The numbers of the method


def test_ex04_a_factor_is_the_weighted_mean_of_its_items():
    assert score_factor([item(3, 0), item(2, 0.5), item(2, 0.75)]).score == pytest.approx(
        0.3571, abs=1e-4
    )


def test_a_blank_dilutes_no_admission():
    answers = [item(3, 1, "admission"), item(2, 0, "supplier_evidence"), item(1, 0.5)]
    found = score_factor([*answers, blank(2)])

    assert found.score == pytest.approx(3.5 / 6)
    assert found.quality == pytest.approx((3 * 0.8 + 2 * 0.5 + 1 * 0.3) / 6)
    assert found.source_type == "admission"
    assert found == score_factor(answers)


def test_half_an_answer_earns_half_the_credit():
    found = score_factor([item(2, 0), blank(1), unsure(1)])

    assert (found.score, found.quality) == (0, pytest.approx(0.3 * 2 / 4))
    assert [cause.answer for cause in found.causes] == ["x"]


def test_without_an_answer_there_is_no_score_and_a_factor_of_blanks_says_so():
    silent, in_doubt = score_factor([blank(2), blank(1)]), score_factor([blank(2), unsure(1)])

    assert (silent.score, silent.quality, silent.is_blank) == (None, 0, True)
    assert (in_doubt.score, in_doubt.quality, in_doubt.is_blank) == (None, 0, False)


def test_a_control_is_credited_with_what_is_not_missing():
    assert credit_control([item(3, 0.25), blank(1, 1)]).design == pytest.approx(1 - 1.75 / 4)


def test_fees_and_deposits_count_with_their_weights():
    found = signals(SAQ_D01="0", SAQ_E01="yes", SAQ_E02="deposit_or_bond visa_or_permit")

    debts = found.factors["WRK-05"]
    # E01 w 3 r 1 admitted; E02 w 2 r .5 + .3 = .8 admitted; E03 w 3 r 0
    assert debts.score == pytest.approx((3 * 1 + 2 * 0.8 + 3 * 0) / 8)
    assert debts.quality == pytest.approx((3 * 0.8 + 2 * 0.8 + 3 * 0.3) / 8)
    assert debts.source_type == "admission"
    assert [(c.question, c.answer, c.r, c.w, c.q) for c in debts.causes] == [
        ("SAQ-E01", "yes", 1.0, 3.0, 0.8),
        ("SAQ-E02", "deposit_or_bond visa_or_permit", 0.8, 2.0, 0.8),
        ("SAQ-E03", "none", 0.0, 3.0, 0.3),
    ]


def test_fees_fire_a_red_flag_only_where_under_18s_work():
    assert flags(signals(SAQ_D01="0", SAQ_E01="yes", SAQ_E02="none")) == []

    found = signals(SAQ_D01="2", SAQ_D06="none", SAQ_E01="yes", SAQ_E02="none")
    assert flags(found) == [("RF-05", "SAQ-E01", "yes")]


def test_a_flagged_answer_is_not_averaged_away():
    found = signals(SAQ_E03="debt_passes_to_relatives")

    assert found.factors["WRK-05"].score == 1
    assert found.factors["WRK-05"].source_type == "admission"


def test_a_flagged_answer_below_the_line_of_admission_keeps_its_quality():
    found = signals(SAQ_D01="2", SAQ_D06="night_work")

    hazards = found.factors["WRK-02"]
    assert (hazards.score, hazards.quality, hazards.source_type) == (0.5, 0.3, "admission")


def test_each_bad_option_fires_its_flag_and_adds_to_the_risk():
    ticked = ["night_work", "chemicals_or_dust", "heights"]
    found = signals(SAQ_D01="2", SAQ_D06=" ".join(ticked))

    assert [flag for flag, _, _ in flags(found)] == ["RF-03"] * 3
    assert [answer for _, _, answer in flags(found)] == ticked
    assert found.factors["WRK-02"].score == 1


# What counts, and as what


def test_a_required_blank_is_told_and_is_no_answer():
    found = signals(SAQ_F03="")

    overtime = found.factors["WRK-14"]
    assert (overtime.score, overtime.quality, overtime.is_blank) == (None, 0, True)
    assert overtime.causes == ()


def test_i_do_not_know_is_no_answer_and_no_blank():
    found = signals(SAQ_F01="unsure", SAQ_F02="fines")

    pay = found.factors["WRK-13"]
    assert [cause.question for cause in pay.causes] == ["SAQ-F02"]
    assert (pay.score, pay.quality) == (0.4, pytest.approx(0.3 * 2 / 4))
    alone = signals(SAQ_J01="unsure").factors["COM-08"]
    assert (alone.score, alone.is_blank) == (None, False)


def test_i_do_not_know_earns_no_credit_for_a_control():
    found = signals(SAQ_M01="unsure", SAQ_M02="none", SAQ_M03="unsure")

    assert found.controls["CTL-07"].design == 0
    assert {cause.r for cause in found.controls["CTL-07"].causes} == {1.0}


def test_a_required_blank_earns_no_credit_under_a_control():
    found = signals(SAQ_M01="", SAQ_M02="none", SAQ_M03="")

    assert found.controls["CTL-07"].design == 0


def test_a_number_outside_its_range_is_no_answer():
    found = signals(SAQ_C01="-40")

    assert found.factors["WRK-08"].score is None
    assert found.factors["WRK-08"].is_blank


def test_an_approval_in_the_future_is_no_answer():
    assert signals(SAQ_A07="2031-01-01").controls["CTL-01"].causes[-1].answer is None


def test_a_policy_that_was_never_approved_is_a_bad_answer_not_a_blank():
    found = signals(SAQ_A07="", SAQ_A07_never="never")

    assert found.controls["CTL-01"].causes[-1].answer == "never"
    assert found.controls["CTL-01"].causes[-1].r == 1


def test_a_hidden_question_counts_for_nothing():
    found = signals(SAQ_E01="no", SAQ_E02="agency_fee deposit_or_bond")

    assert [cause.question for cause in found.factors["WRK-05"].causes] == ["SAQ-E01", "SAQ-E03"]
    assert found.factors["WRK-05"].score == 0


def test_none_beside_good_practices_earns_nothing():
    assert signals(SAQ_L01="none phone_or_message").factors["WRK-19"].score == 1


def test_none_beside_bad_signs_hides_none_of_them():
    assert signals(SAQ_F02="none fines").factors["WRK-13"].causes[-1].r == 0.4


def test_the_same_option_twice_counts_once():
    assert signals(SAQ_F02="fines fines").factors["WRK-13"].causes[-1].r == 0.4


def test_accepted_evidence_lifts_quality_of_its_question_only():
    found = score(respond_saq({}), evidence_accepted=["/data/D/SAQ_D03"])

    ages = found.factors["WRK-03"]
    assert [cause.q for cause in ages.causes] == [0.5, 0.3]
    assert ages.source_type == "supplier_answer"


def test_a_factor_with_evidence_for_every_answer_is_evidence():
    accepted = ["/data/D/SAQ_D03", "/data/D/SAQ_D04"]

    assert score(respond_saq({}), evidence_accepted=accepted).factors["WRK-03"].source_type == (
        "supplier_evidence"
    )


def test_events_near_each_site_go_to_their_own_factors():
    sites = [{"SAQ_B04": "armed_conflict gangs"}, {"SAQ_B04": "armed_conflict"}]
    found = score(respond_saq({}, sites=sites))

    conflict = found.factors["COM-03"]
    assert (conflict.score, conflict.quality, conflict.source_type) == (1, 0.8, "admission")
    assert [(c.instance, c.answer) for c in conflict.causes] == [
        (0, "armed_conflict"),
        (1, "armed_conflict"),
    ]
    assert [cause.instance for cause in found.factors["COM-15"].causes] == [0]
    assert "COM" not in found.factors


def test_a_blank_on_events_leaves_their_factors_missing():
    found = score(respond_saq({}, sites=[{"SAQ_B04": ""}]))

    assert not {"COM", "COM-03", "COM-15"} & set(found.factors)


def test_what_buyers_cause_is_charged_to_the_buyer():
    found = signals(SAQ_F04="never")

    assert found.factors["WRK-21"].charged_to == "buyer"
    assert {f.charged_to for ref, f in found.factors.items() if ref != "WRK-21"} == {""}


def test_light_mode_leaves_out_what_it_does_not_ask():
    found = score(respond_saq({"SAQ_F03": ""}), light=True)

    asked = {c.question for f in found.factors.values() for c in f.causes}
    assert "SAQ-F03" not in asked
    assert "SAQ-D02" in asked
    assert asked <= {question.id for question in SAQ_PLAN.questions if question.light}


def test_factors_and_controls_stand_in_the_order_of_the_form():
    found = signals()

    order = {question.id: place for place, question in enumerate(SAQ_PLAN.questions)}
    for group in (found.factors, found.controls):
        places = [order[signal.causes[0].question] for signal in group.values()]
        assert places == sorted(places)


def test_the_document_has_exactly_the_promised_keys():
    document = signals(SAQ_C06="yes", SAQ_D06="none").as_json()

    assert list(document) == ["factors", "controls", "red_flags", "checks", "response"]
    assert set(document["factors"]["WRK-01"]) == {
        "score", "quality", "source_type", "blank", "causes",
    }  # fmt: skip
    assert set(document["factors"]["WRK-01"]["causes"][0]) == {
        "question", "instance", "answer", "r", "w", "q",
    }  # fmt: skip
    assert set(document["controls"]["CTL-07"]) == {"design", "causes"}
    assert "q" not in document["controls"]["CTL-07"]["causes"][0]
    assert document["red_flags"] == [
        {"red_flag": "RF-01", "question": "SAQ-C06", "instance": None, "answer": "yes"}
    ]


def test_the_document_tells_how_each_question_for_everybody_was_answered():
    response = respond_saq({"SAQ_C06": "yes", "SAQ_D06": "none", "SAQ_F01": "unsure",
                            "SAQ_F03": "", "SAQ_E01": "yes", "SAQ_E02": "none"})  # fmt: skip
    found = score(response, evidence_accepted=["/data/D/SAQ_D03"]).as_json()
    answers = {one["question"]: one for one in found["response"]["answers"]}

    assert answers["SAQ-C06"] == {
        "question": "SAQ-C06", "weight": 3.0, "state": "answered", "evidence_asked": False,
        "evidence": False, "admission": True,
    }  # fmt: skip
    states = {ref: answers[ref]["state"] for ref in ("SAQ-F01", "SAQ-F03", "SAQ-D03")}
    assert states == {"SAQ-F01": "dont_know", "SAQ-F03": "blank", "SAQ-D03": "answered"}
    assert answers["SAQ-D03"]["evidence_asked"] and answers["SAQ-D03"]["evidence"]
    assert "SAQ-E02" not in answers  # asked of some only
    assert "SAQ-A01" not in answers  # not scored


# Red flags


def every_flag() -> list[tuple[str, str, str]]:
    return [
        (question.id, option.name, option.red_flag)
        for question in SAQ_PLAN.questions
        for option in question.options.values()
    ]


OPENING = {"SAQ_D01": "3", "SAQ_E01": "yes", "SAQ_I01": "some", "SAQ_D06": "none"}


@pytest.mark.parametrize(("question", "option", "flag"), every_flag())
def test_each_answer_fires_its_red_flag_and_no_other(question, option, flag):
    calm = {**OPENING, "SAQ_E01": "sometimes"}
    name = question.replace("-", "_")
    site = {name: option} if name in {"SAQ_B03", "SAQ_B04", "SAQ_B05"} else {}

    found = score(respond_saq(calm if site else {**calm, name: option}, sites=[site]))

    assert flags(found) == ([(flag, question, option)] if flag else [])


def test_flags_fire_on_a_half_filled_form_with_words_of_help():
    notices = red_flags_fired(respond(SAQ, {"/data/C/SAQ_C06": "yes"}))

    assert [notice.red_flag.id for notice in notices] == ["RF-01"]
    assert "do not send the child away" in notices[0].message


def test_a_flag_fired_twice_is_shown_once_with_both_answers():
    notices = red_flags_fired(
        respond_saq({"SAQ_C06": "yes", "SAQ_D02": "found_not_yet_supported", "SAQ_D06": "none"})
    )

    assert [notice.red_flag.id for notice in notices] == ["RF-01"]
    assert [fired.question for fired in notices[0].fired] == ["SAQ-C06", "SAQ-D02"]


def test_good_answers_fire_nothing():
    assert red_flags_fired(respond_saq({})) == ()


def test_every_red_flag_has_words_that_thank_and_do_not_threaten():
    assert list(red_flags()) == [f"RF-{number:02d}" for number in range(1, 16)]
    for flag in red_flags().values():
        assert flag.message.startswith("Thank you for telling us.")
        assert flag.title and flag.response


# What a flag sets by itself: a small form, as an assessor or a mill answers it

MILL = """
| survey |
| | type | name | label | required | bind::dd:id | bind::dd:weight | bind::dd:answer_set | bind::dd:factor | bind::dd:value_rule |
| | select_one papers | Q_1 | Doubtful papers? | yes | Q-1 | 2 | values | WRK-03 | |
| | select_one access | Q_2 | Access? | | Q-2 | | NS | | |
| | integer | Q_3 | Children seen | | Q-3 | 3 | rule | WRK-01 | 0:0;inf:1!RF-01 |
| choices |
| | list_name | name | label | risk_value | red_flag |
| | papers | no | No | 0 | |
| | papers | often | Often | .9 | RF-13 |
| | access | open | Open | 0 | |
| | access | refused | Refused | 1 | RF-12 |
| settings |
| | form_id | version | namespaces |
| | T | 1.0 | dd="urn:child-rights-due-diligence:xforms" |
"""
VISIT = MILL.replace(
    "| choices |",
    "| | select_one visit | V | Visit | | V | | NS | | |\n| choices |",
).replace("| access | open", "| visit | unannounced | Unannounced | | |\n| | visit | announced | Announced | | |\n| | access | open").replace(
    "bind::dd:value_rule |", "bind::dd:value_rule | bind::dd:source_by |"
).replace("| V | | NS | | |", "| V | | NS | | | unannounced:site_work;*:audit |")  # fmt: skip


def form_of(markdown: str) -> Form:
    return read_form(markdown.encode(), file_type=".md")


def small(answers: Mapping[str, str], markdown: str = MILL) -> Signals:
    return score(respond(form_of(markdown), {f"/data/{k}": v for k, v in answers.items()}))


def test_forged_papers_that_a_site_tells_of_itself_are_a_disclosure():
    found = small({"Q_1": "often"})

    assert (found.factors["WRK-03"].score, found.factors["WRK-03"].quality) == (0.9, 0.8)
    assert "WRK-23" not in found.factors


def test_forged_papers_that_an_assessor_finds_set_two_factors():
    found = small({"V": "unannounced", "Q_1": "often"}, VISIT)

    assert (found.factors["WRK-03"].score, found.factors["WRK-03"].quality) == (1, 0.8)
    records = found.factors["WRK-23"]
    assert (records.score, records.quality, records.source_type) == (0.8, 0.8, "site_work")
    assert [(c.question, c.answer, c.r) for c in records.causes] == [("Q-1", "often", 0.8)]


def test_the_higher_of_two_flags_sets_the_factor():
    found = small({"Q_1": "often", "Q_2": "refused"})

    records = found.factors["WRK-23"]
    assert (records.score, [c.question for c in records.causes]) == (1, ["Q-2"])


def test_a_count_can_fire_a_red_flag():
    assert small({"Q_3": "0"}).red_flags == ()

    fired = small({"Q_3": "2"}).red_flags[0]
    assert (fired.red_flag, fired.answer) == ("RF-01", "2")


@pytest.mark.parametrize(
    ("visit", "quality", "source_type"),
    [("unannounced", 0.8, "site_work"), ("announced", 0.6, "audit"), ("", 0.6, "audit")],
)
def test_an_assessors_answers_weigh_by_the_kind_of_visit(visit, quality, source_type):
    found = small({"V": visit, "Q_1": "no", "Q_2": "refused", "Q_3": "1"}, VISIT)

    for factor in ("WRK-01", "WRK-03", "WRK-23"):
        signal = found.factors[factor]
        assert signal.quality == pytest.approx(quality)
        assert signal.source_type == source_type


def test_an_optional_blank_counts_for_nothing():
    assert "WRK-01" not in small({"Q_1": "no"}).factors


def test_a_form_with_the_fewest_columns_is_scored_by_its_choices():
    plain = """
| survey |
| | type | name | label | required | bind::dd:factor | bind::dd:control | risk_factor | bind::dd:value_rule | bind::dd:id |
| | select_one yn | fees | Fees? | yes | WRK-05 | | |
| | select_multiple yn | papers | Papers? | yes | | | WRK-06 |
| | select_one yn | vetting | Vetting? | yes | | CTL-04 | |
| | integer | share | Share? | yes | SEC-08 | | | linear 100 | |
| | text | name | Name? | | | | | | N-1 |
| choices |
| | list_name | name | label | risk_value |
| | yn | yes | Yes | .9 |
| | yn | no | No | .3 |
| settings |
| | form_id | version | namespaces |
| | T | 1.0 | dd="urn:child-rights-due-diligence:xforms" |
"""
    found = small(
        {"fees": "yes", "papers": "no", "vetting": "no", "share": "40", "name": "Mill"}, plain
    )

    assert {ref: factor.score for ref, factor in found.factors.items()} == {
        "WRK-05": 0.9,
        "WRK-06": 0.3,
        "SEC-08": 0.4,
    }
    assert found.controls["CTL-04"].design == pytest.approx(0.7)
    assert found.factors["WRK-05"].causes[0].question == "fees"


def test_a_text_cannot_be_scored_without_a_rule():
    markdown = MILL.replace("| integer | Q_3", "| text | Q_3").replace(
        "| rule | WRK-01 | 0:0;inf:1!RF-01 |", "| | WRK-01 | |"
    )

    with pytest.raises(FormUnusable, match="Q-3: a weight, but no answer set"):
        plan_scoring(form_of(markdown))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("| values |", "| good |", "the answer set 'good' is not known"),
        ("| Q-1 | 2 |", "| Q-1 | two |", "the weight 'two' is not a number"),
        ("| Q-1 | 2 | values |", "| Q-1 | 2 | NS |", "a weight, but no answer set"),
        ("| .9 | RF-13 |", "| 9 | RF-13 |", "the risk value '9' of 'often'"),
        ("| .9 | RF-13 |", "| | RF-13 |", "no risk value for often"),
        ("| .9 | RF-13 |", "| .9 | RF-99 |", "the red flag 'RF-99' of 'often' is not known"),
        ("0:0;inf:1!RF-01", "0:0", "must rise and end with 'inf'"),
        ("0:0;inf:1!RF-01", "0:0;inf:1!RF-77", "the red flag 'RF-77' is not known"),
    ],
)
def test_a_faulty_scoring_column_is_refused_with_question_and_reason(old, new, problem):
    with pytest.raises(FormUnusable, match=r"Q-\d: ") as refused:
        plan_scoring(form_of(MILL.replace(old, new)))

    assert problem in str(refused.value)


def test_a_condition_on_a_field_the_form_lacks_is_refused():
    markdown = MILL.replace("| red_flag |", "| red_flag | red_flag_if |").replace(
        "| RF-13 |", "| RF-13 | nobody |"
    )

    with pytest.raises(FormUnusable, match="names 'nobody', which the form lacks"):
        plan_scoring(form_of(markdown))


@pytest.mark.parametrize("faulty", ["unannounced:site_work", "*:hearsay", "site_work"])
def test_a_source_rule_that_leaves_answers_open_is_refused(faulty):
    with pytest.raises(FormUnusable, match=r"V: '.*' names no source type for every answer"):
        plan_scoring(form_of(VISIT.replace("unannounced:site_work;*:audit", faulty)))


def test_all_faults_are_named_at_once():
    markdown = MILL.replace("| Q-1 | 2 |", "| Q-1 | two |").replace("0:0;inf", "0:0;9")

    with pytest.raises(FormUnusable) as refused:
        plan_scoring(form_of(markdown))

    assert len(refused.value.faults) == 2


# Checks


def checks(found: Signals) -> list[tuple[str, tuple[str, ...]]]:
    return [(check.check, check.questions) for check in found.checks]


def test_answers_that_fit_together_raise_no_check():
    assert checks(signals()) == []


@pytest.mark.parametrize(("workers", "raised"), [("200", False), ("201", True), ("", False)])
def test_no_complaints_among_many_workers_raise_a_review(workers, raised):
    found = signals(SAQ_A04=workers, SAQ_L03="0")

    assert checks(found) == ([("CHK-1", ("SAQ-L03", "SAQ-A04"))] if raised else [])


@pytest.mark.parametrize(
    ("share", "sector_risk", "raised"),
    [("41", None, True), ("41", 0.7, True), ("41", 0.69, False), ("40", 0.9, False)],
)
def test_no_under_18s_among_brokered_workers_raise_a_review_in_risky_sectors(
    share, sector_risk, raised
):
    response = respond_saq({"SAQ_D01": "0", "SAQ_C02": share})
    found = score(response, sector_risk=sector_risk)

    assert checks(found) == ([("CHK-2", ("SAQ-D01", "SAQ-C02"))] if raised else [])


def test_perfect_lists_without_a_file_raise_a_review():
    perfect = {
        q.path: " ".join(name for name in q.options if name != "none")
        for q in SAQ_PLAN.questions
        if q.answer_set == "G"
    }
    by_name = {path.rpartition("/")[2]: value for path, value in perfect.items()}
    shown = ("SAQ-A06", "SAQ-D03", "SAQ-H01", "SAQ-L01", "SAQ-M02", "SAQ-O01")

    assert checks(signals(**by_name)) == [("CHK-3", shown)]
    assert checks(signals(**by_name, SAQ_M02_evidence="plan.pdf")) == []


def test_a_known_origin_without_any_supplier_raises_a_review():
    response = respond_saq({"SAQ_N07": "0"}, suppliers=[{}])

    assert checks(score(response)) == [("CHK-6", ("SAQ-N07", "SAQ-N01"))]
    assert checks(score(respond_saq({"SAQ_N07": "5"}, suppliers=[{}]))) == []


@pytest.mark.parametrize(
    ("found", "share", "sector_risk", "raised"),
    [("0", "51", None, True), ("0", "50", None, False), ("1", "90", 0.9, False),
     ("0", "90", 0.7, True), ("0", "90", 0.69, False)],
)  # fmt: skip
def test_a_system_that_finds_nobody_raises_a_review_in_risky_sectors(
    found, share, sector_risk, raised
):
    answers = {"AGR_16": share, "AGR_17": "repeat_visits", "AGR_18": found}
    told = score(respond_to("AGR", answers), sector_risk=sector_risk)

    assert checks(told) == ([("CHK-8", ("AGR-18", "AGR-16"))] if raised else [])


def test_light_mode_checks_only_what_it_asks():
    response = respond_saq({"SAQ_A04": "300", "SAQ_L03": "0"})

    assert checks(score(response, light=True)) == []


# Properties


CHOSEN_SETS = {"values", "YN+", "YN-", "FR+"}
SINGLE = [
    question
    for question in SAQ_PLAN.questions
    if question.weight and question.answer_set in CHOSEN_SETS and "/SAQ_B01/" not in question.path
]


@given(
    disclosed_fully=st.booleans(),
    others=st.sampled_from(["no", "sometimes", "unsure"]),
)
def test_p11_finding_and_supporting_never_scores_worse_than_not_looking(disclosed_fully, others):
    accepted = ["/data/D/SAQ_D02"] if disclosed_fully else []

    def child_labour(answer: str) -> float:
        response = respond_saq({"SAQ_D02": answer, "SAQ_C06": others, "SAQ_D06": "none"})
        return effect(score(response, evidence_accepted=accepted), "WRK-01")

    assert child_labour("found_and_supported") <= child_labour("none_found_no_checks")
    assert child_labour("found_and_supported") <= child_labour("none_found_with_checks")


def any_answer(question: ScoredQuestion) -> st.SearchStrategy[str]:
    if question.options and question.answer_set in {"G", "B"}:
        chosen = st.lists(st.sampled_from(list(question.options)), unique=True)
        return chosen.map(" ".join)
    if question.options:
        return st.sampled_from(["", *question.options])
    if question.id == "SAQ-A07":
        return st.sampled_from(["", "2026-01-01", "2019-01-01", "2027-01-01"])
    return st.integers(-5, 300).map(str)


OPEN_TEXTS = {"SAQ-A02", "SAQ-O04"}
ANY_ANSWERS = st.fixed_dictionaries(
    {
        question.id.replace("-", "_"): any_answer(question)
        for question in SAQ_PLAN.questions
        if "/SAQ_B01/" not in question.path
        and "/SAQ_N01/" not in question.path
        and question.id not in OPEN_TEXTS
    }
)


@given(answers=ANY_ANSWERS)
@examples(40)
def test_whatever_is_answered_signals_stay_in_range_and_no_flag_is_averaged_away(answers):
    found = score(respond_saq(answers))

    for factor in found.factors.values():
        assert factor.score is None or 0 <= factor.score <= 1
        assert 0 <= factor.quality <= 0.95
    for control in found.controls.values():
        assert 0 <= control.design <= 1
    by_question = {
        cause.question: (signal, cause)
        for signal in found.factors.values()
        for cause in signal.causes
    }
    for flag in found.red_flags:
        signal, cause = by_question[flag.question]
        assert signal.score >= cause.r
        assert signal.source_type == "admission"


@given(question=st.sampled_from(SINGLE))
def test_silence_never_scores_better_than_the_most_honest_good_answer(question):
    name = question.id.replace("-", "_")
    best = min(question.options.values(), key=lambda option: option.r or 0).name
    opened = {"SAQ_D01": "2", "SAQ_D06": "none", "SAQ_D08": "sometimes", "SAQ_C02": "10"}

    silent = signals(**{**opened, name: ""})
    honest = signals(**{**opened, name: best})

    if question.control:
        before, after = silent.controls.get(question.control), honest.controls.get(question.control)
        assert before is None or before.design <= after.design
    else:
        assert effect(honest, question.factor) <= effect(silent, question.factor)


def test_the_good_answers_of_these_tests_leave_no_required_blank():
    found = signals()
    causes = [c for s in (*found.factors.values(), *found.controls.values()) for c in s.causes]

    assert all(cause.answer is not None for cause in causes)
    assert GOOD_ANSWERS["SAQ_D02"] == "none_found_with_checks"
