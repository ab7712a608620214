"""The health check of the database, and how much work waits."""

from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState


def is_database_answering() -> bool:
    """True when the database answered a statement that touches no table just now."""
    try:
        return bool(db.session.scalar(select(literal(1))) == 1)
    except SQLAlchemyError:
        return False


def count_jobs() -> dict[str, int]:
    """State -> number of jobs of all organisations; states without a job too."""
    counted = select(Job.state, func.count()).group_by(Job.state)
    found = {state.value: count for state, count in db.session.execute(counted)}
    return {state.value: found.get(state.value, 0) for state in JobState}


def find_oldest_due(at: datetime) -> datetime | None:
    """Since when the oldest job that is due waits; None where none is."""
    due = select(func.min(Job.run_after)).where(Job.state == JobState.QUEUED, Job.run_after <= at)
    return db.session.scalar(due)
