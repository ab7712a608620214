"""Handovers and emergency access, for the officers who take part in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.organisations.models import User
from ddplatform.due_diligence.custody.models import CaseHandover, EmergencyAccess
from ddplatform.due_diligence.remedy.models import CaseAssignment, RemediationCase
from ddplatform.due_diligence.remedy.queries.cases import is_running
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_row, required


@dataclass(frozen=True)
class HandoverRow:
    """A handover that waits for the officer who was named."""

    id: UUID
    code: str
    from_name: str
    named_at: datetime


@dataclass(frozen=True)
class AccessState:
    """One emergency access that is asked for, runs, or waits for its review."""

    id: UUID
    code: str
    asked_by_id: UUID
    asked_by: str
    asked_at: datetime
    agreed_by_id: UUID | None
    ends_at: datetime | None


def list_mergeable(
    case: RemediationCase, user_id: UUID | None, *, today: date
) -> Sequence[RemediationCase]:
    """Other open cases of the same finding that this person manages, oldest first."""
    return db.session.scalars(
        select(RemediationCase)
        .join(CaseAssignment, CaseAssignment.case_id == RemediationCase.id)
        .where(
            RemediationCase.finding_id == case.finding_id,
            RemediationCase.id != case.id,
            RemediationCase.closed_at.is_(None),
            CaseAssignment.user_id == user_id,
            CaseAssignment.is_verifier.is_(False),
            is_running(today),
        )
        .order_by(RemediationCase.opened_at, RemediationCase.id)
    ).all()


def list_handovers_to(user_id: UUID | None) -> Sequence[HandoverRow]:
    """The cases that wait for this officer to accept them, oldest first."""
    rows = db.session.execute(
        select(CaseHandover.id, RemediationCase.code, User.name, CaseHandover.named_at)
        .join(RemediationCase, RemediationCase.id == CaseHandover.case_id)
        .join(User, User.id == CaseHandover.from_id)
        .where(CaseHandover.to_id == user_id, CaseHandover.ended_at.is_(None))
        .order_by(CaseHandover.named_at, CaseHandover.id)
    ).all()
    return [HandoverRow(*row) for row in rows]


def find_open_handover(case_id: UUID, from_id: UUID | None) -> CaseHandover | None:
    """The handover of this officer that nobody accepted yet."""
    return db.session.scalar(
        select(CaseHandover).where(
            CaseHandover.case_id == case_id,
            CaseHandover.from_id == from_id,
            CaseHandover.ended_at.is_(None),
        )
    )


def get_handover_to(
    handover_id: UUID, user_id: UUID | None
) -> tuple[CaseHandover, RemediationCase]:
    """A handover that waits for this officer, with its case; NotFound for everybody else."""
    row = get_row(
        select(CaseHandover, RemediationCase)
        .join(RemediationCase, RemediationCase.id == CaseHandover.case_id)
        .where(
            CaseHandover.id == handover_id,
            CaseHandover.to_id == user_id,
            CaseHandover.ended_at.is_(None),
        )
    )
    return row[0], row[1]


def hold_handover(handover_id: UUID) -> CaseHandover:
    """A handover read anew; nobody else changes it meanwhile."""
    return required(
        db.session.scalar(held(select(CaseHandover)).where(CaseHandover.id == handover_id))
    )


def get_case_by_code(code: str) -> RemediationCase:
    """The case with this code, or NotFound. A code is random, so nobody finds one by guessing."""
    found = db.session.scalar(select(RemediationCase).where(RemediationCase.code == code))
    if found is None:
        raise NotFound()
    return found


def get_access(access_id: UUID) -> tuple[EmergencyAccess, RemediationCase]:
    """An emergency access with its case, or NotFound."""
    row = get_row(
        select(EmergencyAccess, RemediationCase)
        .join(RemediationCase, RemediationCase.id == EmergencyAccess.case_id)
        .where(EmergencyAccess.id == access_id)
    )
    return row[0], row[1]


def hold_access(access_id: UUID) -> EmergencyAccess:
    """The same access alone, read anew; nobody else changes it meanwhile."""
    return required(
        db.session.scalar(held(select(EmergencyAccess)).where(EmergencyAccess.id == access_id))
    )


def list_open_access() -> Sequence[AccessState]:
    """Every emergency access that is not declined and not reviewed, oldest first."""
    rows = db.session.execute(
        select(
            EmergencyAccess.id,
            RemediationCase.code,
            EmergencyAccess.asked_by_id,
            User.name,
            EmergencyAccess.asked_at,
            EmergencyAccess.agreed_by_id,
            EmergencyAccess.ends_at,
        )
        .join(RemediationCase, RemediationCase.id == EmergencyAccess.case_id)
        .join(User, User.id == EmergencyAccess.asked_by_id)
        .where(EmergencyAccess.declined_at.is_(None), EmergencyAccess.reviewed_at.is_(None))
        .order_by(EmergencyAccess.asked_at, EmergencyAccess.id)
    ).all()
    return [AccessState(*row) for row in rows]
