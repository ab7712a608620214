"""Input of the time limits of remediation cases: state entries and assignees."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.accounts.organisations.models import User
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.due_diligence.remedy.models import CaseAssignment, RemediationCase, RemediationStep
from ddplatform.infrastructure.db import db


@dataclass(frozen=True)
class Entered:
    """A case entered a state, by whom; None is the platform."""

    state: ImpactState
    at: datetime
    by_id: UUID | None


@dataclass(frozen=True)
class CaseDuty:
    """One person who has a part in a case."""

    user_id: UUID
    is_verifier: bool


def list_open_cases(case_ids: Collection[UUID] | None = None) -> Sequence[RemediationCase]:
    """The cases of the acting organisation that are not closed; of these only, where given."""
    statement = select(RemediationCase).where(RemediationCase.closed_at.is_(None))
    if case_ids is not None:
        statement = statement.where(RemediationCase.id.in_(case_ids))
    return db.session.scalars(
        statement.order_by(RemediationCase.opened_at, RemediationCase.id)
    ).all()


def load_entered(cases: Sequence[RemediationCase]) -> Mapping[UUID, Sequence[Entered]]:
    """Case -> the states it has entered, oldest first; the first is that of its alert."""
    rows = db.session.execute(
        select(
            RemediationStep.case_id,
            RemediationStep.step,
            RemediationStep.taken_at,
            RemediationStep.taken_by_id,
        )
        .where(
            RemediationStep.case_id.in_([case.id for case in cases]),
            RemediationStep.step.in_([state.value for state in ImpactState]),
        )
        .order_by(RemediationStep.taken_at, RemediationStep.id)
    ).all()
    found = {
        case.id: [Entered(ImpactState.ALLEGED, case.opened_at, case.opened_by_id)] for case in cases
    }
    for case_id, state, at, by_id in rows:
        found[case_id].append(Entered(ImpactState(state), at, by_id))
    return found


def list_duties(case_ids: Collection[UUID], *, today: date) -> Mapping[UUID, Sequence[CaseDuty]]:
    """Case -> who may open it today, case managers and verifiers."""
    rows = db.session.execute(
        select(CaseAssignment.case_id, CaseAssignment.user_id, CaseAssignment.is_verifier)
        .join(User, User.id == CaseAssignment.user_id)
        .where(
            CaseAssignment.case_id.in_(case_ids),
            User.is_active.is_(True),
            or_(CaseAssignment.access_until.is_(None), CaseAssignment.access_until >= today),
        )
        .order_by(CaseAssignment.case_id, CaseAssignment.user_id)
    ).all()
    found: dict[UUID, list[CaseDuty]] = defaultdict(list)
    for case_id, user_id, is_verifier in rows:
        found[case_id].append(CaseDuty(user_id, is_verifier))
    return found
