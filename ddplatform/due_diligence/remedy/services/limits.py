"""Due dates of the next step of a remediation case (ST-IMPACT).

Of the sealed content, only the danger to a child is decrypted, where the limit depends on it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from ddplatform.core.due_diligence.lifecycle import DueStep, next_due, next_steps
from ddplatform.core.due_diligence.vocabulary import ImpactState, Machine
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.queries.cases import list_cases_of
from ddplatform.due_diligence.remedy.queries.limits import Entered, list_open_cases, load_entered
from ddplatform.due_diligence.remedy.services.facts import open_facts


def load_limits(case_ids: Collection[UUID]) -> Mapping[UUID, DueStep]:
    """Case -> its step that is due next; cases in a state without a limit are not in it.

    Two statements, however many cases.
    """
    cases = list_open_cases(case_ids)
    entered = load_entered(cases)
    found = {case.id: limit_of(case, entered[case.id]) for case in cases}
    return {case_id: due for case_id, due in found.items() if due is not None}


def count_late(user_id: UUID, *, at: datetime) -> int:
    """The number of the person's accessible cases with an overdue step."""
    cases = list_cases_of(user_id, today=at.date())
    limits = load_limits([case.id for case in cases]) if cases else {}
    return sum(1 for due in limits.values() if due.is_late(at))


def limit_of(case: RemediationCase, entered: Sequence[Entered]) -> DueStep | None:
    """The step of one case that is due next, counted from when it came to its state.

    Args:
        entered: the states it has entered, oldest first.
    """
    reached: set[ImpactState] = set()
    for one in entered:
        # What was done before a case was opened again has to be done again.
        reached = set() if one.state is ImpactState.REOPENED else reached | {one.state}
    return next_due(
        Machine.IMPACT,
        case.status,
        arrival_of(case, entered).at,
        reached=reached,
        danger=_danger(case),
    )


def arrival_of(case: RemediationCase, entered: Sequence[Entered]) -> Entered:
    """The latest entry of a case into its current state, and the person who moved it."""
    # Two steps of one moment have no order, so the last of all need not be the one. Where
    # nothing says when it came, the limit runs from the alert: the earliest it could have been.
    return ([one for one in entered if one.state is case.status] or entered[:1])[-1]


def _danger(case: RemediationCase) -> bool | None:
    steps = next_steps(Machine.IMPACT, case.status)
    is_asked = any(step.within_danger for step in steps) and case.key_wrapped is not None
    return open_facts(case).in_danger if is_asked else None
