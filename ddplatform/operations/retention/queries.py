"""What is due for removal in the acting organisation, and what holds it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.accounts.organisations.models import Invitation, RateCount
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import GOING_ON, Job
from ddplatform.infrastructure.one_row import get_one
from ddplatform.operations.retention.models import LegalHold


def list_holds(today: date) -> Sequence[LegalHold]:
    """The holds in force, the one that ends first first."""
    in_force = (LegalHold.released_at.is_(None), LegalHold.ends_on >= today)
    return db.session.scalars(select(LegalHold).where(*in_force).order_by(LegalHold.ends_on)).all()


def get_hold(hold_id: UUID) -> LegalHold:
    """The hold, or NotFound."""
    return get_one(select(LegalHold).where(LegalHold.id == hold_id))


def list_invitations_before(moment: datetime) -> Sequence[UUID]:
    """Links that ended before."""
    return db.session.scalars(select(Invitation.id).where(Invitation.expires_at < moment)).all()


def list_work_before(moment: datetime, organisation_id: UUID) -> Sequence[UUID]:
    """Background work of an organisation that ended before."""
    ended = (Job.state.not_in(GOING_ON), Job.finished_at < moment)
    wanted = select(Job.id).where(Job.organisation_id == organisation_id, *ended)
    return db.session.scalars(wanted).all()


def list_cases_to_remove(closed_before: datetime, today: date) -> Sequence[RemediationCase]:
    """Cases that can still be read, of whose removal the officers were told for a day that came."""
    wanted = (
        RemediationCase.closed_at < closed_before,
        RemediationCase.removal_day <= today,
        RemediationCase.key_wrapped.is_not(None),
    )
    return db.session.scalars(select(RemediationCase).where(*wanted)).all()


def list_cases_to_announce(closed_before: datetime, today: date) -> Sequence[RemediationCase]:
    """Cases closed before that can still be read, of whose removal nobody was told.

    A day that has come and left the case readable is that of an earlier closing.
    """
    wanted = (
        RemediationCase.closed_at < closed_before,
        or_(RemediationCase.removal_day.is_(None), RemediationCase.removal_day <= today),
        RemediationCase.key_wrapped.is_not(None),
    )
    return db.session.scalars(select(RemediationCase).where(*wanted)).all()


def list_announced_cases() -> Sequence[RemediationCase]:
    """Cases that can still be read, of whose removal the officers were told."""
    wanted = (RemediationCase.removal_day.is_not(None), RemediationCase.key_wrapped.is_not(None))
    return db.session.scalars(select(RemediationCase).where(*wanted)).all()


def list_counts_before(moment: datetime) -> Sequence[UUID]:
    """Counts of tries of windows that began before, of the whole installation."""
    return db.session.scalars(select(RateCount.id).where(RateCount.window_starts_at < moment)).all()
