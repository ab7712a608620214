"""What an involvement obliges to, and how far the record shows it met."""

from datetime import date

import pytest

from ddplatform.core.due_diligence.duties import (
    DUTIES,
    ActionOnDuty,
    Duty,
    DutyState,
    duties_on,
)
from ddplatform.core.due_diligence.impacts import Involvement
from ddplatform.core.due_diligence.leverage_plan import LeveragePlan, LeverageStep, StepResult
from ddplatform.core.due_diligence.vocabulary import ActionState

EMPTY = LeveragePlan()
STEP = LeverageStep(1, "LEV-02", "Longer contract.", "amina", date(2026, 12, 1))


def states(
    involvement: str, *actions: ActionOnDuty, plan: LeveragePlan = EMPTY
) -> dict[Duty, DutyState]:
    found = duties_on(involvement, actions, plan, {"amina": "Amina"})
    return {one.duty: one.state for one in found}


def test_every_involvement_says_what_it_obliges_to_and_an_unassessed_one_says_nothing():
    assert set(DUTIES) == set(Involvement)
    assert duties_on(None, (), LeveragePlan(), {}) == []
    assert states("not_involved") == {}


def test_remedy_is_a_duty_of_who_causes_or_contributes_and_never_shows_whether_it_runs():
    for involvement in ("cause", "contribute"):
        assert states(involvement)[Duty.REMEDY] is DutyState.WITH_OFFICERS
    assert Duty.REMEDY not in states("directly_linked")


@pytest.mark.parametrize(
    ("state", "expected"),
    [(ActionState.PLANNED, DutyState.PLANNED), (ActionState.VERIFIED, DutyState.DONE)],
)
def test_stopping_our_part_is_met_by_actions_on_our_own_practice_alone(
    state: ActionState, expected: DutyState
):
    own, other = ActionOnDuty(state, True, "Jeanne"), ActionOnDuty(state, False, None)
    assert states("cause", other)[Duty.STOP] is DutyState.OPEN
    assert states("cause", own)[Duty.STOP] is expected
    assert states("cause", own)[Duty.MITIGATE] is DutyState.OPEN


def test_leverage_is_met_by_a_step_that_achieved_something_and_names_who_answers_for_it():
    assert states("directly_linked")[Duty.LEVERAGE] is DutyState.OPEN
    planned = LeveragePlan((STEP,))
    assert states("directly_linked", plan=planned)[Duty.LEVERAGE] is DutyState.PLANNED
    one = duties_on("directly_linked", (), planned, {"amina": "Amina"})[0]
    assert one.owners == ("Amina",)
    achieved = LeverageStep(1, "LEV-02", "", "amina", STEP.due, StepResult.PARTLY, "", STEP.due)
    done = states("directly_linked", plan=LeveragePlan((achieved,)))
    assert done[Duty.LEVERAGE] is DutyState.DONE
