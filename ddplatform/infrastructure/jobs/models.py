"""Background jobs: a row in the same transaction as the change that needs it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base


class JobState(StrEnum):
    """States of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


GOING_ON = (JobState.QUEUED, JobState.RUNNING)
"""States of a job that waits or is at work."""


class Job(Base):
    """One piece of work. Touched by infrastructure/jobs/services and the worker alone."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "state", "run_after", "id"),
        Index("ix_job_key", "unique_key"),
    )

    name: Mapped[str]
    organisation_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None] = mapped_column(comment="Whose rights it runs with")
    payload: Mapped[dict[str, Any]] = mapped_column(comment="Ids only")
    unique_key: Mapped[str | None] = mapped_column(comment="Not queued twice while queued")
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    run_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def is_going_on(self) -> bool:
        """Whether it is queued or running."""
        return self.state in GOING_ON
