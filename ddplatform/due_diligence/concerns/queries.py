"""Concerns of the acting organisation, their messages and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import User
from ddplatform.core.due_diligence.concern_clock import ENDED
from ddplatform.core.due_diligence.vocabulary import GrievanceState
from ddplatform.due_diligence.concerns.models import (
    Concern,
    ConcernDoor,
    ConcernMessage,
    ConcernStep,
)
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one


@dataclass(frozen=True)
class StepRow:
    """One step of a concern, and who took it; None: the complainant, or the platform."""

    row: ConcernStep
    by: str | None


@dataclass(frozen=True)
class MessageRow:
    """One message of the thread, and its author; None: the complainant."""

    row: ConcernMessage
    by: str | None


def find_door() -> ConcernDoor | None:
    """The public address of the acting organisation; None: it never had one."""
    return db.session.scalar(select(ConcernDoor))


def find_by_locator(locator: str) -> Concern | None:
    """The concern whose code begins with these digits."""
    return db.session.scalar(select(Concern).where(Concern.locator == locator))


def get_concern(concern_id: UUID, *, for_change: bool = False) -> Concern:
    """The concern, or NotFound."""
    return get_one(select(Concern).where(Concern.id == concern_id), for_change=for_change)


def list_concerns() -> Sequence[Concern]:
    """All concerns, those that are open first, then by the day they came."""
    return db.session.scalars(
        select(Concern).order_by(Concern.status.in_(ENDED), Concern.received_on, Concern.id)
    ).all()


def list_open_concerns() -> Sequence[Concern]:
    """Concerns on which something may still be due."""
    return db.session.scalars(select(Concern).where(Concern.status.not_in(ENDED))).all()


def has_message(message_id: UUID) -> bool:
    """Whether this message is in a thread already: a form was sent twice."""
    found = select(ConcernMessage.id).where(ConcernMessage.id == message_id)
    return db.session.scalar(found) is not None


def list_messages(concern_id: UUID) -> Sequence[MessageRow]:
    """The thread of a concern, oldest first."""
    rows = db.session.execute(
        select(ConcernMessage, User.name)
        .outerjoin(User, User.id == ConcernMessage.written_by_id)
        .where(ConcernMessage.concern_id == concern_id)
        .order_by(ConcernMessage.number)
    ).all()
    return [MessageRow(row[0], row[1]) for row in rows]


def list_steps(concern_id: UUID) -> Sequence[StepRow]:
    """The steps of a concern, oldest first."""
    rows = db.session.execute(
        select(ConcernStep, User.name)
        .outerjoin(User, User.id == ConcernStep.taken_by_id)
        .where(ConcernStep.concern_id == concern_id)
        .order_by(ConcernStep.number)
    ).all()
    return [StepRow(row[0], row[1]) for row in rows]


def load_entered(concerns: Sequence[Concern]) -> Mapping[UUID, Mapping[GrievanceState, date]]:
    """Concern -> the states it entered since its last appeal, each with its first day."""
    rows = db.session.execute(
        select(ConcernStep.concern_id, ConcernStep.step, ConcernStep.taken_on)
        .where(
            ConcernStep.concern_id.in_([one.id for one in concerns]),
            ConcernStep.step.in_([state.value for state in GrievanceState]),
        )
        .order_by(ConcernStep.number)
    ).all()
    found: dict[UUID, dict[GrievanceState, date]] = {
        one.id: {GrievanceState.RECEIVED: one.received_on} for one in concerns
    }
    for concern_id, step, day in rows:
        if step == GrievanceState.APPEAL:
            found[concern_id].clear()
        found[concern_id].setdefault(GrievanceState(step), day)
    return found


def count_unanswered() -> int:
    """The number of open concerns that nobody has acknowledged yet."""
    waiting = select(func.count()).select_from(Concern)
    found = db.session.scalar(waiting.where(Concern.status == GrievanceState.RECEIVED))
    return int(found or 0)


def list_to_erase(closed_before: date) -> Sequence[Concern]:
    """Concerns closed before a day that can still be read."""
    wanted = (Concern.closed_on < closed_before, Concern.key_wrapped.is_not(None))
    return db.session.scalars(select(Concern).where(*wanted)).all()


def list_concerns_with_key() -> Sequence[Concern]:
    """The concerns that were not erased."""
    wanted = select(Concern).where(Concern.key_wrapped.is_not(None))
    return db.session.scalars(wanted.order_by(Concern.id)).all()
