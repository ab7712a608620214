"""Queries of job states."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.jobs.models import GOING_ON, Job, JobState
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import current_organisation


def get_job(job_id: UUID) -> Job:
    """A job of the acting organisation, or NotFound."""
    return get_one(
        select(Job).where(Job.id == job_id, Job.organisation_id == current_organisation())
    )


def get_job_named(job_id: UUID, name: str) -> Job:
    """A job of the acting organisation that does this work, or NotFound."""
    job = get_job(job_id)
    if job.name != name:
        raise NotFound()
    return job


def get_job_on_map(job_id: UUID, name: str, chain_id: UUID) -> Job:
    """A job of the acting organisation that does this work for a map, or NotFound."""
    job = get_job_named(job_id, name)
    if job.payload["chain_id"] != str(chain_id):
        raise NotFound()
    return job


def find_going_on(unique_key: str) -> Job | None:
    """The job of the acting organisation with this key that waits or is at work."""
    return db.session.scalar(
        select(Job)
        .where(
            Job.organisation_id == current_organisation(),
            Job.unique_key == unique_key,
            Job.state.in_(GOING_ON),
        )
        .limit(1)
    )


def find_queued(unique_key: str, organisation_id: UUID) -> Job | None:
    """The job of an organisation with this key that waits and that nobody works on."""
    return db.session.scalar(
        select(Job).where(
            Job.organisation_id == organisation_id,
            Job.unique_key == unique_key,
            Job.state == JobState.QUEUED,
        )
    )


def is_waiting(name: str) -> bool:
    """Whether a job of this name of the acting organisation still waits or runs."""
    statement = select(Job.id).where(
        Job.organisation_id == current_organisation(),
        Job.name == name,
        Job.state.in_(GOING_ON),
    )
    return db.session.scalar(statement.limit(1)) is not None


def list_known_keys(keys: Collection[str]) -> set[str]:
    """The unique keys among these that some job has, in any state."""
    found = db.session.scalars(select(Job.unique_key).where(Job.unique_key.in_(keys)))
    return {key for key in found if key is not None}
