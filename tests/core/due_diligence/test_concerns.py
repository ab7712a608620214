"""Steps of ST-GRIEVANCE guard by guard, the clocks of a concern, and words that ask for help."""

from dataclasses import replace
from datetime import date

import pytest

from ddplatform.core.due_diligence.concern_clock import danger_day, due_day, promised_days
from ddplatform.core.due_diligence.concern_words import Alarm, alarms_in, read_words
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.lifecycle import lifecycle, require_step
from ddplatform.core.due_diligence.step_facts import GrievanceFacts
from ddplatform.core.due_diligence.vocabulary import GrievanceState as State
from ddplatform.core.due_diligence.vocabulary import Machine

READY = GrievanceFacts(
    reprisal_checked=True,
    handler="ana",
    case_code_given=True,
    danger_screened=True,
    referral_made=True,
    remedy_described=True,
    complainant_answered=True,
    remedy_delivered=True,
    satisfaction_asked=True,
    reason="no agreement",
    appeal_handler="bo",
    safety_concern_open=False,
)
UNMET = {
    "handler": {"handler": None},
    "reason": {"reason": " "},
    "appeal_heard_by_another": {"appeal_handler": "ana"},
    "no_safety_concern_left": {"safety_concern_open": True},
}
"""Guard -> the facts that leave it unmet, where it is not simply False."""
TABLE = lifecycle(Machine.GRIEVANCE)
GUARDED = [(step, guard) for step in TABLE.steps.values() for guard in step.needs]
THURSDAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    ("step", "guard"), GUARDED, ids=[f"{s.state}-{s.to}-{guard}" for s, guard in GUARDED]
)
def test_step_stays_shut_while_one_of_its_guards_is_unmet(step, guard):
    facts = replace(READY, **UNMET.get(guard, {guard: False}))

    with pytest.raises(StepNotAllowed) as refused:
        require_step(Machine.GRIEVANCE, step.state, step.to, facts)

    assert refused.value.missing == (TABLE.guards[guard],)


@pytest.mark.parametrize("state", list(State))
def test_state_leads_only_where_the_table_says(state):
    for to in State:
        if (state, to) in TABLE.steps:
            assert require_step(Machine.GRIEVANCE, state, to, READY).to == to
        else:
            with pytest.raises(StepNotAllowed):
                require_step(Machine.GRIEVANCE, state, to, READY)


def test_concern_of_a_thursday_is_acknowledged_by_monday_and_screened_five_working_days_later():
    received = due_day({State.RECEIVED: THURSDAY}, State.RECEIVED)
    entered = {State.RECEIVED: THURSDAY, State.ACKNOWLEDGED: date(2026, 12, 4)}
    acknowledged = due_day(entered, State.ACKNOWLEDGED)

    assert (received.to, received.day) == (State.ACKNOWLEDGED, date(2026, 12, 7))
    assert (acknowledged.to, acknowledged.day) == (State.SCREENED, date(2026, 12, 11))
    assert not received.is_late(date(2026, 12, 7))
    assert received.is_late(date(2026, 12, 8))


@pytest.mark.parametrize(
    ("received", "acknowledge_by"),
    [
        (date(2026, 12, 5), date(2026, 12, 8)),  # a Saturday
        (date(2026, 12, 6), date(2026, 12, 8)),  # a Sunday
        (date(2026, 12, 24), date(2026, 12, 28)),  # public holidays are no reason to wait
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2028, 2, 28), date(2028, 3, 1)),  # over the 29th of February
    ],
)
def test_clock_runs_over_weekends_years_and_holidays(received, acknowledge_by):
    assert due_day({State.RECEIVED: received}, State.RECEIVED).day == acknowledge_by


def test_going_from_dialogue_to_investigation_does_not_start_the_sixty_days_anew():
    entered = {State.IN_DIALOGUE: date(2026, 12, 1), State.INVESTIGATION: date(2027, 1, 15)}

    assert due_day(entered, State.INVESTIGATION).day == date(2027, 1, 30)
    assert due_day(entered, State.IN_DIALOGUE).day == date(2027, 1, 30)


def test_remedy_after_an_appeal_has_sixty_days_of_its_own():
    assert due_day({State.APPEAL: THURSDAY}, State.APPEAL).day == date(2027, 2, 1)


@pytest.mark.parametrize(
    "state", [State.CLOSED_SATISFIED, State.CLOSED_UNSATISFIED, State.WITHDRAWN, State.AGREED]
)
def test_state_without_a_limit_has_no_day(state):
    assert due_day({state: THURSDAY}, state) is None


def test_promise_to_the_complainant_is_never_earlier_than_the_clock():
    promised = promised_days(THURSDAY)

    assert promised[State.ACKNOWLEDGED] == date(2026, 12, 7)
    assert promised[State.SCREENED] == date(2026, 12, 14)
    assert promised[State.REMEDY_PROPOSED] == date(2027, 2, 12)


@pytest.mark.parametrize(
    ("in_danger", "status", "day"),
    [
        (True, State.RECEIVED, THURSDAY),
        (None, State.ACKNOWLEDGED, THURSDAY),
        (False, State.RECEIVED, None),
        (True, State.SCREENED, None),
    ],
)
def test_danger_is_looked_at_on_the_first_day_until_it_was(in_danger, status, day):
    assert danger_day(THURSDAY, status, in_danger=in_danger) == day


@pytest.mark.parametrize(
    "text",
    [
        "The foreman BEATS the children",
        "Il y a un danger, l'enfant saigne",
        "El niño está encerrado en el almacén",
        "A criança foi trancada no depósito",
        "الطفل في خطر الآن",
        "Çocuğu dövüyorlar",
        "Mtoto anapigwa kila siku",
        "孩子被关起来了",
    ],
)
def test_words_of_danger_are_seen_in_each_language(text):
    assert Alarm.DANGER in alarms_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "The wages come two months late.",
        "Les salaires arrivent en retard.",
        "Los salarios llegan tarde.",
        "Os salários atrasam.",
        "تتأخر الأجور شهرين",
        "Ücretler iki ay geç ödeniyor.",
        "Mishahara inachelewa.",
        "工资晚发两个月。",
    ],
)
def test_late_wages_raise_no_alarm(text):
    assert alarms_in(text) == frozenset()


def test_words_about_pictures_of_abuse_are_seen():
    assert Alarm.ABUSE_MATERIAL in alarms_in("He has nude   photos of the girls")


def test_alarm_without_words_is_refused():
    with pytest.raises(ValueError, match="danger"):
        read_words({"danger": {"en": []}})
