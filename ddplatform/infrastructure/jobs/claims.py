"""Job claims with a lease: one statement, so two workers never hold the same job."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, update

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.services import MAX_ATTEMPTS

LEASE = timedelta(seconds=15)


@dataclass(frozen=True)
class Claim:
    """A job that this worker holds until its lease ends."""

    id: UUID
    name: str
    organisation_id: UUID | None
    user_id: UUID | None
    payload: dict[str, Any]
    attempts: int


def is_waiting() -> bool:
    """Whether a job can be claimed. Only reads, so that frequent polling costs others nothing."""
    return db.session.scalar(_open(datetime.now(UTC)).limit(1)) is not None


def claim_next(owner: str) -> Claim | None:
    """Take the next due job, or one whose worker died; None when there is nothing to do."""
    now = datetime.now(UTC)
    _give_up_deadly(_lapsed(now), now)
    chosen = _open(now).order_by(Job.run_after, Job.id).limit(1).with_for_update(skip_locked=True)
    row = db.session.execute(
        update(Job)
        .where(Job.id == chosen.scalar_subquery())
        .values(
            state=JobState.RUNNING,
            owner=owner,
            lease_until=now + LEASE,
            attempts=Job.attempts + 1,
        )
        .returning(Job.id, Job.name, Job.organisation_id, Job.user_id, Job.payload, Job.attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Claim(*row) if row else None


def _open(now: datetime) -> Select[UUID]:
    """Jobs that are due, and those whose worker died."""
    due = and_(Job.state == JobState.QUEUED, Job.run_after <= now)
    return select(Job.id).where(or_(due, _lapsed(now)))


def _lapsed(now: datetime) -> ColumnElement[bool]:
    return and_(Job.state == JobState.RUNNING, Job.lease_until < now)


def _give_up_deadly(lapsed: ColumnElement[bool], now: datetime) -> None:
    """A job whose worker died at each attempt would be taken first for ever."""
    db.session.execute(
        update(Job)
        .where(lapsed, Job.attempts >= MAX_ATTEMPTS)
        .values(
            state=JobState.FAILED,
            last_error="The worker ended each time it did this.",
            lease_until=None,
            finished_at=now,
        )
        .execution_options(synchronize_session=False)
    )


def renew_lease(job_id: UUID, *, owner: str) -> None:
    """Extend the lease of a job that the worker still holds."""
    _change(job_id, owner, lease_until=datetime.now(UTC) + LEASE)


def report_progress(job_id: UUID, *, owner: str, done: int, total: int) -> None:
    """Show how far the job is, and renew the lease."""
    _change(job_id, owner, done=done, total=total, lease_until=datetime.now(UTC) + LEASE)


def mark_done(job_id: UUID, *, owner: str, result: dict[str, Any]) -> None:
    """The job is done, if this worker still holds it."""
    _change(
        job_id,
        owner,
        state=JobState.DONE,
        result=result,
        last_error=None,
        lease_until=None,
        finished_at=datetime.now(UTC),
    )


def give_back(job_id: UUID, *, owner: str, error: str, wait: timedelta, final: bool) -> None:
    """Queue a failed job again, or leave it failed after the last attempt."""
    attempts = db.session.scalar(select(Job.attempts).where(Job.id == job_id)) or 0
    is_over = final or attempts >= MAX_ATTEMPTS
    now = datetime.now(UTC)
    _change(
        job_id,
        owner,
        state=JobState.FAILED if is_over else JobState.QUEUED,
        last_error=error,
        lease_until=None,
        run_after=now + wait,
        finished_at=now if is_over else None,
    )


def _change(job_id: UUID, owner: str, **values: Any) -> None:
    db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.owner == owner)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
