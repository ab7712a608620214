"""What an involvement in an impact obliges a company to do (UNGP 19 and 22, with commentary)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ddplatform.core.due_diligence.impacts import Involvement
from ddplatform.core.due_diligence.leverage_plan import LeveragePlan
from ddplatform.core.due_diligence.vocabulary import ActionState


class Duty(StrEnum):
    """A duty that follows from an involvement."""

    STOP = "stop"
    LEVERAGE = "leverage"
    MITIGATE = "mitigate"
    REMEDY = "remedy"


class DutyState(StrEnum):
    """How far a duty is met, as the record of the finding shows."""

    OPEN = "open"
    PLANNED = "planned"
    DONE = "done"
    WITH_OFFICERS = "with_officers"
    """Whether remedy runs is known to the safeguarding officers alone (decision 33)."""


DUTIES: Final[Mapping[Involvement, tuple[Duty, ...]]] = {
    Involvement.CAUSE: (Duty.STOP, Duty.MITIGATE, Duty.REMEDY),
    Involvement.CONTRIBUTE: (Duty.STOP, Duty.LEVERAGE, Duty.REMEDY),
    # Remedy by whoever is only linked is voluntary: it is offered, never counted as missing.
    Involvement.DIRECTLY_LINKED: (Duty.LEVERAGE, Duty.MITIGATE),
    Involvement.NOT_INVOLVED: (),
}


@dataclass(frozen=True, slots=True)
class ActionOnDuty:
    """An action on a finding, as far as duties ask. `owner`: None where nobody is named."""

    state: ActionState
    is_own_practice: bool
    owner: str | None


@dataclass(frozen=True, slots=True)
class DutyOnFinding:
    """A duty with its state. `owners`: who answers for what is planned, each once."""

    duty: Duty
    state: DutyState
    owners: tuple[str, ...] = ()


def duties_on(
    involvement: str | None,
    actions: Sequence[ActionOnDuty],
    plan: LeveragePlan,
    people: Mapping[str, str],
) -> list[DutyOnFinding]:
    """The duties that follow from an involvement; none while it is not assessed.

    Args:
        people: key of a person -> name, for the steps of the leverage plan.
    """
    duties = DUTIES[Involvement(involvement)] if involvement else ()
    return [_on_finding(duty, actions, plan, people) for duty in duties]


def _on_finding(
    duty: Duty, actions: Sequence[ActionOnDuty], plan: LeveragePlan, people: Mapping[str, str]
) -> DutyOnFinding:
    if duty is Duty.REMEDY:
        return DutyOnFinding(duty, DutyState.WITH_OFFICERS)
    if duty is Duty.LEVERAGE:
        named = [people[step.owner_id] for step in plan.steps if step.owner_id in people]
        state = _state(planned=bool(plan.steps), done=plan.has_effect)
        return DutyOnFinding(duty, state, tuple(dict.fromkeys(named)))
    # What we stop ourselves is an action on our own practice; all others mitigate.
    fitting = [one for one in actions if one.is_own_practice is (duty is Duty.STOP)]
    owners = tuple(dict.fromkeys(one.owner for one in fitting if one.owner))
    done = any(one.state is ActionState.VERIFIED for one in fitting)
    return DutyOnFinding(duty, _state(planned=bool(fitting), done=done), owners)


def _state(*, planned: bool, done: bool) -> DutyState:
    if done:
        return DutyState.DONE
    return DutyState.PLANNED if planned else DutyState.OPEN
