"""What the answers of each questionnaire say of risk; the numbers can be checked by hand."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import FactorSignal, Signals, score
from questionnaires.evaluation.response import Response
from questionnaires.scoring.items import NO_CREDIT_R
from tests.library_responses import any_answers, paths, respond
from tests.library_rows import BY_ID, REFS, ROWS, SCORED, is_shown, ref_of
from tests.sampling import examples

SEVERAL = [ref for ref in REFS if ref != "SAQ"]  # the SAQ has repeats: test_saq
TRIES = examples(25)


def node(question_id: str) -> str:
    return question_id.replace("-", "_")


def signals(ref: str, **answers: str) -> Signals:
    return score(respond(ref, answers))


def causes(found: Signals) -> set[str]:
    groups = (*found.factors.values(), *found.controls.values(), *found.criteria.values())
    return {cause.question for group in groups for cause in group.causes}


def given_ids(ref: str, answers: Mapping[str, str]) -> dict[str, str]:
    """What was answered, by id; a day that stands for a date is left out."""
    return {row["id"]: answers.get(node(row["id"]), "") for row in ROWS if ref_of(row) == ref}


# What is asked


@pytest.mark.parametrize("ref", SEVERAL)
@TRIES
@given(data=st.data())
def test_a_question_is_asked_exactly_where_its_condition_in_the_method_holds(ref, data):
    answers = data.draw(any_answers(ref))
    response = respond(ref, answers)
    told = given_ids(ref, answers)

    for row in ROWS:
        if ref_of(row) == ref and row["type"] != "repeat":
            state = response.state(paths(ref)[node(row["id"])])
            assert state.relevant == is_shown(row, told, {}), row["id"]


@pytest.mark.parametrize(
    ("accepted", "asked"), [("", True), ("some", True), ("most", True), ("no", False)]
)
def test_a_question_on_another_questionnaire_is_asked_unless_its_answer_closes_it(accepted, asked):
    """AUD-18: the latest accepted answer to SAQ-I01; none: it is asked."""
    response = respond("AUD", {"SAQ_I01": accepted})
    outside = {"SAQ-I01": accepted} if accepted else {}

    assert response.state(paths("AUD")["AUD_18"]).relevant is asked
    assert is_shown(BY_ID["AUD-18"], {}, outside) is asked


@pytest.mark.parametrize("ref", REFS)
@TRIES
@given(data=st.data())
def test_what_is_not_asked_is_not_scored_and_fires_nothing(ref, data):
    response = respond(ref, data.draw(any_answers(ref)))
    found = score(response)

    shown = {
        state.node.extras.get("dd:id")
        for state in response.states()
        if state.relevant and hasattr(state.node, "extras")
    }
    assert causes(found) <= shown
    assert {flag.question for flag in found.red_flags} <= shown


# Honesty pays, silence does not


OPEN = [  # (found and supported, none found, nobody looked)
    ("SAQ-D02", "found_and_supported", "none_found_no_checks"),
    ("TRV-13", "reported_and_referred", "none_no_system"),
    ("APP-17", "found_and_resolved", "none_found_no_checks"),
]


@pytest.mark.parametrize(("question", "supported", "denied"), OPEN)
@TRIES
@given(data=st.data())
def test_found_and_supported_never_scores_worse_than_nobody_looked(
    question, supported, denied, data
):
    ref = ref_of(BY_ID[question])
    others = data.draw(any_answers(ref))

    honest = signals(ref, **others | {node(question): supported})
    silent = signals(ref, **others | {node(question): denied})
    factor = BY_ID[question]["maps"]
    assert honest.factors[factor].score <= silent.factors[factor].score
    assert scores(honest, but=factor) == scores(silent, but=factor)
    assert {f: c.design for f, c in honest.controls.items()} == {
        f: c.design for f, c in silent.controls.items()
    }


def scores(found: Signals, *, but: str) -> dict[str, float]:
    return {ref: signal.score for ref, signal in found.factors.items() if ref != but}


def test_no_other_question_offers_both():
    both = {
        row["id"] for row in ROWS if "no_checks" in row["answers"] or "no_system" in row["answers"]
    }

    assert both == {case[0] for case in OPEN}


@pytest.mark.parametrize("ref", REFS)
@TRIES
@given(data=st.data())
def test_i_do_not_know_never_scores_worse_than_silence(ref, data):
    answers = data.draw(any_answers(ref))
    row = data.draw(st.sampled_from([r for r in SCORED if ref_of(r) == ref and offers_unsure(r)]))

    unsure = signals(ref, **answers | {node(row["id"]): "unsure"})
    blank = signals(ref, **answers | {node(row["id"]): ""})
    for told, silent in pairs(unsure, blank, row["maps"]):
        assert told <= silent + 1e-12


def offers_unsure(row: Mapping[str, str]) -> bool:
    opens_others = any(row["id"] in other["show_if"] for other in ROWS)
    has_it = row["answers"][:3] in ("YN+", "YN-", "FR+") or "unsure" in row["answers"]
    return has_it and not opens_others


def pairs(told: Signals, silent: Signals, target: str) -> list[tuple[float, float]]:
    """The risk of one factor, control or criterion in both, where it is asked."""
    if target in told.factors:
        return [(effect(told.factors[target]), effect(silent.factors[target]))]
    if target in told.controls:
        return [(1 - told.controls[target].design, 1 - silent.controls[target].design)]
    if target in told.criteria:
        return [(told.criteria[target].gap, silent.criteria[target].gap)]
    return []


def effect(signal: FactorSignal) -> float:
    """How far a factor moves a score by its answers, below 0 down; 0 where it says nothing."""
    return 0.0 if signal.score is None else signal.quality * (signal.score - 0.5)


@pytest.mark.parametrize("ref", REFS)
@TRIES
@given(data=st.data())
def test_a_blank_never_earns_credit_for_a_control(ref, data):
    answers = data.draw(any_answers(ref))
    found = signals(ref, **answers)

    for signal in (*found.controls.values(), *found.criteria.values()):
        assert all(cause.r == NO_CREDIT_R for cause in signal.causes if cause.answer is None)
    for factor in found.factors.values():
        assert all(cause.answer is not None for cause in factor.causes)


@pytest.mark.parametrize("ref", REFS)
def test_who_says_nothing_gets_no_credit_and_no_low_score(ref):
    found = signals(ref)

    assert found.factors or found.controls or found.criteria
    assert all(control.design == 0 for control in found.controls.values())
    assert all(factor.score is None and factor.is_blank for factor in found.factors.values())
    assert all(factor.quality == 0 for factor in found.factors.values())
    assert all(criterion.gap == 1 for criterion in found.criteria.values())
    assert not found.red_flags


@pytest.mark.parametrize("ref", REFS)
@TRIES
@given(data=st.data())
def test_a_flagged_answer_is_never_averaged_away(ref, data):
    found = signals(ref, **data.draw(any_answers(ref)))

    for factor in found.factors.values():
        for cause in factor.causes:
            fired = {(f.question, f.instance, f.answer) for f in found.red_flags}
            if (cause.question, cause.instance, cause.answer) in fired:
                assert factor.score >= cause.r
                assert factor.source_type in ("admission", "site_work", "audit")


def test_light_mode_scores_the_whole_of_a_form_that_marks_no_question():
    answers = {"AGR_06": "family_adults", "AGR_08": "often", "AGR_11": "no"}

    light, full = (score(respond("AGR", answers), light=light) for light in (True, False))
    assert light == full
    assert [flag.red_flag for flag in light.red_flags] == ["RF-01"]


# Worked examples


def test_farm_without_children_at_work_scores_the_mean_of_its_three_questions():
    found = signals("AGR", AGR_06="family_adults", AGR_08="no", AGR_11="relatives_in_school")

    assert found.factors["WRK-01"].score == pytest.approx((2 * 0.2 + 3 * 0 + 3 * 0.3) / 8)
    assert found.factors["WRK-01"].quality == pytest.approx(0.30)
    assert found.factors["WRK-01"].source_type == "supplier_answer"


def test_children_who_often_work_on_the_farm_set_the_score_and_open_a_case():
    found = signals("AGR", AGR_06="family_adults", AGR_08="often", AGR_11="relatives_in_school")

    assert found.factors["WRK-01"].score == 1
    assert found.factors["WRK-01"].quality == pytest.approx((2 * 0.3 + 3 * 0.8 + 3 * 0.3) / 8)
    assert found.factors["WRK-01"].source_type == "admission"
    assert [flag.red_flag for flag in found.red_flags] == ["RF-01"]


def test_a_monitoring_system_is_credited_by_design_and_help():
    found = signals(
        "AGR",
        AGR_16="40",
        AGR_17="repeat_visits hazard_lists prompt_support data_checks",
        AGR_18="10",
        AGR_19="90",
    )

    r = (2 * (1 - 4 / 7) + 2 * 0.1) / 4
    assert found.controls["CTL-05"].design == pytest.approx(1 - r)


@pytest.mark.parametrize("told", ["0", "100"])
def test_where_no_child_was_found_help_counts_half_whatever_is_told_of_it(told):
    found = signals("AGR", AGR_16="80", AGR_17="none", AGR_18="0", AGR_19=told)

    assert found.controls["CTL-05"].design == pytest.approx(1 - (2 * 1 + 2 * 0.5) / 4)


def test_each_task_under_eighteen_in_a_mine_fires_its_flag():
    found = signals("MIN", MIN_05="around_but_not_working", MIN_06="carrying surface_sorting")

    assert found.factors["WRK-02"].score == pytest.approx(0.9)
    assert [(f.red_flag, f.answer) for f in found.red_flags] == [
        ("RF-03", "carrying"),
        ("RF-03", "surface_sorting"),
    ]


def test_late_changes_without_pay_are_charged_to_the_buyer():
    found = signals("APP", APP_18="never")

    assert found.factors["WRK-21"].charged_to == "buyer"
    assert found.factors["WRK-21"].score == 1
    assert {f for f, s in found.factors.items() if s.charged_to} == {"WRK-21"}


def test_forged_age_papers_that_were_not_followed_up_are_a_disclosure():
    found = signals("APP", APP_17="found_not_followed_up", APP_10="no_with_checks")

    assert found.factors["WRK-03"].score == 0.8
    assert "WRK-23" not in found.factors
    assert [flag.red_flag for flag in found.red_flags] == ["RF-13"]
    assert found.factors["WRK-01"].score == pytest.approx(0.1)


def test_days_to_a_decision_and_cash_clients_of_a_bank():
    found = signals("FIN", FIN_01="retail_bank", FIN_14="wage_funnel", FIN_18="16", FIN_23="no")

    assert found.factors["ONL-11"].score == pytest.approx((2 * 0.6 + 1 * 1) / 3)


def test_a_firm_without_transactions_is_not_asked_about_monitoring_them():
    asked = causes(signals("FIN", FIN_01="private_equity"))

    assert not asked & {"FIN-14", "FIN-15", "FIN-17", "FIN-18"}


@pytest.mark.parametrize(
    ("features", "s"),
    [
        ("social_feed search", 1),
        ("messaging", 1),
        ("livestream", 1),
        ("gaming", 0.6),
        ("marketplace", 0.6),
        ("classifieds", 0.6),
        ("dating", 0.6),
        ("storage", 0.6),
        ("search jobs generative_ai payments ad_network telecom", 0),
    ],
)
def test_der1_follows_from_what_people_can_do_on_the_service(features, s):
    assert signals("ONL", ONL_Q01=features).factors["ONL-02"].score == s


def test_der1_is_missing_while_the_features_are_not_told():
    assert "ONL-02" not in signals("ONL").factors


def test_incident_that_was_not_referred_is_flagged_for_specialists():
    found = signals("TRV", TRV_01="hotel", TRV_08="always", TRV_13="not_referred")

    assert found.factors["SEC-10"].score == 1
    assert [flag.red_flag for flag in found.red_flags] == ["RF-07"]


def test_fees_and_loans_of_an_agency_count_together():
    found = signals("REC", REC_02="shared", REC_07="interest_free_employer_funded")

    assert found.factors["WRK-05"].score == pytest.approx((3 * 0.6 + 3 * 0.2) / 6)


@pytest.mark.parametrize(
    ("visit", "source", "q"),
    [
        ("unannounced", "site_work", 0.8),
        ("semi_announced", "audit", 0.6),
        ("announced", "audit", 0.6),
        ("", "audit", 0.6),
    ],
)
def test_the_kind_of_visit_decides_how_much_an_assessor_is_believed(visit, source, q):
    found = signals("AUD", AUD_06=visit, AUD_07="yes", AUD_08="refused", AUD_11="forged")

    assert found.factors["WRK-23"].source_type == source
    assert found.factors["WRK-23"].score == 1
    assert found.factors["WRK-03"].score == 1
    assert found.factors["WRK-03"].quality == pytest.approx(q)
    assert [flag.red_flag for flag in found.red_flags] == ["RF-12", "RF-13"]


@pytest.mark.parametrize(
    ("seen", "r", "flags"), [("0", 0, []), ("1", 1, ["RF-01"]), ("7", 1, ["RF-01"])]
)
def test_one_child_seen_at_work_is_enough(seen, r, flags):
    found = signals("AUD", AUD_09=seen)

    assert found.factors["WRK-01"].score == r
    assert [flag.red_flag for flag in found.red_flags] == flags


GATE = {f"AUD_0{number}": "yes" for number in range(1, 6)}


def gate(response: Response) -> tuple[bool, bool]:
    """Whether the assessor is told to speak with adults only, and asked for the limit."""
    note, limit = (response.state(paths("AUD")[n]) for n in ("AUD_gate_closed", "AUD_gate_limit"))
    assert limit.required or not limit.relevant
    return note.relevant, limit.relevant


def test_the_gate_opens_only_when_all_five_answers_are_yes():
    assert gate(respond("AUD", GATE)) == (False, False)
    assert gate(respond("AUD", {})) == (True, False)


@pytest.mark.parametrize("name", GATE)
def test_one_answer_of_the_gate_that_is_not_yes_asks_for_the_limit(name):
    assert gate(respond("AUD", GATE | {name: "no"})) == (True, True)
    assert gate(respond("AUD", GATE | {name: ""})) == (True, False)


def test_follow_up_of_a_case_counts_for_closing_it_and_never_against_the_supplier():
    found = signals("REM", REM_Q03="yes", REM_Q06="mostly", REM_Q11="no", REM_Q10="yes")

    assert not found.factors
    assert not found.controls
    assert found.criteria["CLO-1"].gap == 0
    assert found.criteria["CLO-4"].gap == pytest.approx((2 * 0.35 + 2 * 1) / 4)
    assert [flag.red_flag for flag in found.red_flags] == ["RF-11"]
    assert list(found.as_json()) == [
        "factors", "controls", "red_flags", "checks", "response", "criteria",
    ]  # fmt: skip


def test_a_child_found_again_at_the_same_site_is_told_by_its_flag():
    found = signals("REM", REM_Q04="same_site")

    assert [(flag.red_flag, flag.answer) for flag in found.red_flags] == [("RF-01", "same_site")]
    assert found.criteria["CLO-2"].gap == 1


def test_services_are_counted_against_those_that_were_planned():
    some = {"REM_Q08_planned": "health counselling legal_help documents", "REM_Q08": "health"}
    response = respond("REM", some)

    offered = [choice.name for choice in response.state(paths("REM")["REM_Q08"]).choices]
    assert offered == ["health", "counselling", "legal_help", "documents", "none"]
    assert score(response).criteria["CLO-6"].gap == pytest.approx(1 - 1 / 4)
    assert signals("REM", REM_Q08="health").criteria["CLO-6"].gap == pytest.approx(1 - 1 / 8)
