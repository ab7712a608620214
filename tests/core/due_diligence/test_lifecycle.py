"""Allowed steps, their guards and their time limits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.core.due_diligence import vocabulary
from ddplatform.core.due_diligence.errors import DataFault, StepNotAllowed
from ddplatform.core.due_diligence.lifecycle import (
    LIFECYCLES_FILE,
    due_by,
    lifecycle,
    lifecycles,
    missing_for,
    next_due,
    next_steps,
    read_lifecycles,
    require_step,
)
from ddplatform.core.due_diligence.step_facts import (
    CLOSURE_CRITERIA,
    ActionFacts,
    GrievanceFacts,
    ImpactFacts,
    QuestionnaireFacts,
    ReportFacts,
    RiskFacts,
    holds,
)
from ddplatform.core.due_diligence.time_limits import TimeLimit, read_time_limit
from ddplatform.core.due_diligence.vocabulary import Machine

TODAY = date(2026, 3, 2)
OPENED = datetime(2026, 1, 30, 15, 0, tzinfo=UTC)  # a Friday

READY = {
    Machine.RISK: RiskFacts(
        severity=4.0, likelihood=0.5, confidence=0.4, involvement_drafted=True, salience_rank=1,
        owner="ana", approver="bo", budget_set=True, due_on=TODAY, control_named=True,
        indicator_chosen=True, affected_consulted=True, emergency=False, reason="season over",
        review_on=TODAY + timedelta(days=90), today=TODAY, evidence_attached=True,
        months_of_data=3, reviewer="cy", outcome_met=True, affected_gave_feedback=True,
        band_before="high", band_after="medium", harm_reported=True, trigger="TRG-06",
    ),
    Machine.ACTION: ActionFacts(
        owner="ana", due_on=TODAY, success_measure_set=True, waits_for="the school term",
        evidence_attached=True, verifier="bo", reason="merged with another action",
    ),
    Machine.IMPACT: ImpactFacts(
        case_owner="ana", alert_source_named=True, work_class_named=True,
        safety_checklist_done=True, provider_contacted=True, assessed_by_qualified_person=True,
        child_heard=True, caregiver_informed=True, child_and_caregiver_agree=True,
        payer_shares_fixed=True, stipend_without_gap=True, first_item_started=True,
        first_goals_met=True, closure_criteria_met=CLOSURE_CRITERIA, months_stable=6,
        verifier="bo", verifier_independent_of_supplier=True, child_view_recorded=True,
        second_reviewer="cy", reason="new information", authority_reference="A-17",
        contact_tries=5, contact_months=6, contact_means=2, partner_signed_off=True,
    ),
    Machine.GRIEVANCE: GrievanceFacts(
        reprisal_checked=True, handler="ana", case_code_given=True, danger_screened=True,
        referral_made=True, remedy_described=True, complainant_answered=True,
        remedy_delivered=True, satisfaction_asked=True, reason="no remedy found",
        appeal_handler="bo", safety_concern_open=False,
    ),
    Machine.QUESTIONNAIRE: QuestionnaireFacts(
        respondent_named=True, due_on=TODAY, today=TODAY, required_answers_complete=True,
        reviewer="ana", respondent="bo", red_flags_looked_at=True, reason="page 2 is blank",
    ),
    Machine.REPORT: ReportFacts(
        author="ana", assurer="bo", sections_complete=True, numbers_frozen=True,
        governing_body="Board", signatory="cy", signed=True, reason="wrong year",
        successor_published=True,
    ),
}  # fmt: skip

ALL_STEPS = [step for table in lifecycles().values() for step in table.steps.values()]
STEP_IDS = [f"{step.machine} {step.state} to {step.to}" for step in ALL_STEPS]


@pytest.mark.parametrize("step", ALL_STEPS, ids=STEP_IDS)
def test_step_with_every_guard_met_is_open(step):
    facts = READY[step.machine]
    if step.to == "expired":
        facts = replace(facts, today=TODAY + timedelta(days=1))

    assert require_step(step.machine, step.state, step.to, facts) == step


@pytest.mark.parametrize(
    "step", [s for s in ALL_STEPS if s.needs], ids=lambda s: f"{s.state}-{s.to}"
)
def test_step_with_guards_stays_shut_when_nothing_is_known(step):
    with pytest.raises(StepNotAllowed) as refused:
        require_step(step.machine, step.state, step.to, type(READY[step.machine])())

    assert refused.value.missing
    assert set(refused.value.missing) <= set(lifecycle(step.machine).guards.values())
    assert refused.value.missing[0] in str(refused.value)


@pytest.mark.parametrize(
    ("machine", "states"),
    [
        (Machine.RISK, vocabulary.RiskState),
        (Machine.ACTION, vocabulary.ActionState),
        (Machine.IMPACT, vocabulary.ImpactState),
        (Machine.GRIEVANCE, vocabulary.GrievanceState),
        (Machine.QUESTIONNAIRE, vocabulary.QuestionnaireState),
    ],
)
def test_vocabulary_and_table_know_the_same_states(machine, states):
    table = lifecycle(machine)

    assert [state.value for state in states] == list(table.states)
    assert table.initial in table.states


def test_risk_has_no_state_of_acceptance():
    assert not [state for state in lifecycle("ST-RISK").states if "accept" in state]


def test_every_risk_state_can_become_harm():
    others = set(lifecycle("ST-RISK").states) - {"materialised"}

    assert all("materialised" in {step.to for step in next_steps("ST-RISK", s)} for s in others)


def test_step_not_in_the_table_is_refused_and_names_the_ways_out():
    with pytest.raises(StepNotAllowed) as refused:
        require_step("ST-ACTION", "planned", "verified", READY[Machine.ACTION])

    assert refused.value.reachable == ("doing", "dropped")
    assert refused.value.missing == ()
    assert "doing, dropped" in str(refused.value)


def test_final_state_says_that_nothing_follows():
    with pytest.raises(StepNotAllowed, match="Nothing follows this state"):
        require_step("ST-ACTION", "verified", "doing", READY[Machine.ACTION])


def test_unknown_state_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="planned, doing, waiting"):
        next_steps("ST-ACTION", "finished")


def test_facts_of_another_machine_are_refused():
    step = next_steps("ST-ACTION", "planned")[0]

    with pytest.raises(TypeError, match="ActionFacts, not RiskFacts"):
        missing_for(step, RiskFacts())


def test_owner_cannot_verify_own_action_even_when_the_id_comes_as_text():
    person = uuid4()
    facts = replace(READY[Machine.ACTION], owner=person, verifier=str(person))

    with pytest.raises(StepNotAllowed, match="someone other than the owner"):
        require_step("ST-ACTION", "to_verify", "verified", facts)


@pytest.mark.parametrize(
    ("changes", "open_"),
    [
        ({"severity": 4.5, "likelihood": 0.24}, True),
        ({"severity": 4.5, "likelihood": 0.25}, False),
        ({"severity": 4.4, "likelihood": 1.0}, True),
        ({"severity": None, "likelihood": 0.3}, False),
        ({"severity": 5.0, "likelihood": None}, False),
        ({"emergency": True}, False),
        ({"emergency": None}, False),
        ({"review_on": TODAY + timedelta(days=367)}, False),
        ({"review_on": TODAY}, False),
        ({"review_on": None}, False),
        ({"reason": "  "}, False),
    ],
)
def test_deferral_is_open_only_for_what_can_wait(changes, open_):
    facts = replace(READY[Machine.RISK], **changes)
    step = lifecycle("ST-RISK").steps["prioritised", "deferred"]

    assert (missing_for(step, facts) == ()) is open_


@pytest.mark.parametrize(
    ("before", "after", "open_"),
    [
        ("high", "medium", True), ("low", "low", True), (None, "low", True), ("high", "high", False),
        ("medium", "high", False), (None, "medium", False), ("high", None, False),
    ],
)  # fmt: skip
def test_risk_is_controlled_only_when_the_residual_band_falls_or_is_low(before, after, open_):
    facts = replace(READY[Machine.RISK], band_before=before, band_after=after)

    assert holds("residual_falls_or_is_low", facts) is open_


@pytest.mark.parametrize(("severity", "open_"), [(3.4, True), (3.5, False), (None, False)])
def test_review_of_a_severe_risk_needs_feedback_of_affected_people(severity, open_):
    facts = replace(READY[Machine.RISK], severity=severity, affected_gave_feedback=False)

    assert holds("feedback_where_severe", facts) is open_


def test_second_failed_review_asks_for_a_leverage_decision():
    facts = replace(READY[Machine.RISK], failed_reviews=2)

    with pytest.raises(StepNotAllowed, match="Decide on leverage first"):
        require_step("ST-RISK", "ineffective", "action_planned", facts)
    assert require_step(
        "ST-RISK", "ineffective", "action_planned", replace(facts, leverage_decided=True)
    )


def test_changed_rank_needs_an_approver():
    facts = replace(READY[Machine.RISK], rank_overridden=True, approver=None)

    assert not holds("override_approved", facts)
    assert holds("override_approved", replace(facts, approver="bo"))


def test_missing_consultation_passes_only_with_a_reason():
    facts = replace(READY[Machine.RISK], affected_consulted=False)

    assert not holds("consulted_or_reasoned", facts)
    assert holds("consulted_or_reasoned", replace(facts, no_consultation_reason="not safe yet"))


def test_closing_a_case_with_one_criterion_unmet_needs_a_reasoned_exception():
    facts = replace(READY[Machine.IMPACT], closure_criteria_met=CLOSURE_CRITERIA - {"CLO-7"})

    with pytest.raises(StepNotAllowed, match="CLO-1 to CLO-9"):
        require_step("ST-IMPACT", "follow_up", "closure_proposed", facts)
    assert require_step(
        "ST-IMPACT",
        "follow_up",
        "closure_proposed",
        replace(facts, closure_exception="the child is an adult and declined"),
    )


def test_case_manager_cannot_verify_the_closure_of_own_case():
    facts = replace(READY[Machine.IMPACT], verifier="ana")

    with pytest.raises(StepNotAllowed, match="other than the case manager verify"):
        require_step("ST-IMPACT", "closure_proposed", "closed_verified", facts)


def test_lost_contact_is_no_closure_and_can_be_taken_up_again():
    assert {step.to for step in next_steps("ST-IMPACT", "lost_contact")} == {"reopened"}


def test_caregiver_need_not_be_told_where_that_is_unsafe():
    facts = replace(READY[Machine.IMPACT], caregiver_informed=False)

    assert not holds("caregiver_informed_if_safe", facts)
    assert holds("caregiver_informed_if_safe", replace(facts, informing_caregiver_unsafe=True))


@pytest.mark.parametrize("concern", [True, None])
def test_withdrawal_does_not_close_a_safety_concern(concern):
    facts = replace(READY[Machine.GRIEVANCE], safety_concern_open=concern)

    with pytest.raises(StepNotAllowed, match="does not end a safety concern"):
        require_step("ST-GRIEVANCE", "screened", "withdrawn", facts)


def test_every_step_of_a_grievance_asks_about_reprisals():
    assert all("reprisal_checked" in s.needs for s in lifecycle("ST-GRIEVANCE").steps.values())


def test_questionnaire_without_dates_neither_goes_out_nor_expires():
    facts = replace(READY[Machine.QUESTIONNAIRE], due_on=None)

    assert not holds("due_date_ahead", facts)
    assert not holds("due_date_passed", facts)


def test_holding_a_guard_that_the_facts_do_not_know_is_an_error():
    with pytest.raises(AttributeError):
        holds("weather_is_good", ActionFacts())


@pytest.mark.parametrize(
    ("danger", "hours"), [(True, 4), (None, 4), (False, 24)], ids=["danger", "unknown", "none"]
)
def test_triage_is_due_sooner_in_danger_and_unknown_counts_as_danger(danger, hours):
    step = lifecycle("ST-IMPACT").steps["alleged", "triaged"]

    assert due_by(step, OPENED, danger=danger) == OPENED + timedelta(hours=hours)


def test_step_with_one_limit_has_it_with_and_without_danger():
    step = lifecycle("ST-IMPACT").steps["immediate_protection", "assessed"]

    assert (
        due_by(step, OPENED) == due_by(step, OPENED, danger=False) == OPENED + timedelta(hours=72)
    )


def test_step_without_limit_is_never_due():
    assert due_by(lifecycle("ST-REPORT").steps["approved", "published"], OPENED) is None


def test_two_working_days_from_friday_end_on_tuesday():
    step = lifecycle("ST-GRIEVANCE").steps["received", "acknowledged"]

    assert due_by(step, OPENED) == datetime(2026, 2, 3, 15, 0, tzinfo=UTC)


def test_same_day_ends_with_the_calendar_day():
    end = TimeLimit(same_day=True).end(OPENED)

    assert (end.date(), end.tzinfo) == (OPENED.date(), UTC)
    assert end + timedelta(microseconds=1) == datetime(2026, 1, 31, tzinfo=UTC)


def test_month_limit_ends_on_the_last_day_of_a_shorter_month():
    assert TimeLimit(months=1).end(OPENED) == datetime(2026, 2, 28, 15, 0, tzinfo=UTC)
    assert TimeLimit(months=11).end(OPENED) == datetime(2026, 12, 30, 15, 0, tzinfo=UTC)


@given(st.integers(0, 90 * 365 * 24), st.integers(1, 30))
def test_working_days_never_end_on_a_weekend_and_never_before_calendar_days(hours, days):
    start = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    end = TimeLimit(working_days=days).end(start)

    assert end.weekday() < 5
    assert end >= start + timedelta(days=days)


def test_limit_from_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        TimeLimit(hours=1).end(OPENED.replace(tzinfo=None))


@pytest.mark.parametrize("data", [{}, {"hours": 1, "days": 1}, {"days": -1, "hours": 2}])
def test_limit_without_exactly_one_unit_is_refused(data):
    with pytest.raises(ValueError, match="exactly one unit"):
        read_time_limit(data)


def test_lifecycles_file_with_faults_lists_every_one_of_them():
    data = yaml.safe_load(LIFECYCLES_FILE.read_text(encoding="utf-8"))
    table = data["ST-ACTION"]
    table["states"]["asleep"] = "Asleep"
    table["guards"]["unused"] = "Do nothing."
    table["steps"].append({"from": "planned", "to": "mars", "title": "Go", "needs": ["rocket"]})

    with pytest.raises(DataFault) as fault:
        read_lifecycles(data)

    for words in ("no state 'mars'", "never reaches 'asleep'", "no words for 'rocket'",
                  "never uses 'unused'", "no fact 'rocket'"):  # fmt: skip
        assert words in str(fault.value)


def test_lifecycles_file_with_a_doubled_step_is_refused():
    data = yaml.safe_load(LIFECYCLES_FILE.read_text(encoding="utf-8"))
    data["ST-REPORT"]["steps"].append(data["ST-REPORT"]["steps"][0])

    with pytest.raises(DataFault, match="draft -> internal_review twice"):
        read_lifecycles(data)


def test_case_that_came_in_has_to_be_triaged_first_and_sooner_in_danger():
    calm = next_due("ST-IMPACT", "alleged", OPENED, danger=False)
    unknown = next_due("ST-IMPACT", "alleged", OPENED)

    assert calm is not None and unknown is not None
    assert (calm.step.to, calm.due_at) == ("triaged", OPENED + timedelta(hours=24))
    assert unknown.due_at == OPENED + timedelta(hours=4)


def test_step_is_late_after_its_limit_and_long_late_after_twice_that():
    due = next_due("ST-IMPACT", "immediate_protection", OPENED)

    assert due is not None
    assert not due.is_late(OPENED + timedelta(hours=72))
    assert due.is_late(OPENED + timedelta(hours=72, seconds=1))
    assert not due.is_long_late(OPENED + timedelta(hours=144))
    assert due.is_long_late(OPENED + timedelta(hours=144, seconds=1))


def test_case_with_an_authority_is_to_be_made_safe_only_where_it_was_not_yet():
    early = next_due("ST-IMPACT", "referred_to_authority", OPENED, reached={"triaged"})
    made_safe = {"triaged", "immediate_protection"}
    later = next_due("ST-IMPACT", "referred_to_authority", OPENED, reached=made_safe)
    settled = made_safe | {"assessed", "plan_agreed", "in_remediation"}

    assert early is not None and early.step.to == "immediate_protection"
    assert later is not None and later.step.to == "assessed"
    assert next_due("ST-IMPACT", "referred_to_authority", OPENED, reached=settled) is None


def test_nothing_is_due_where_no_step_has_a_limit():
    assert next_due("ST-IMPACT", "follow_up", OPENED) is None
    assert next_due("ST-RISK", "assessed", OPENED) is None
