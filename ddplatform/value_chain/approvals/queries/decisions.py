"""Decisions on requests that their parts take in the background, with their progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.one_row import get_one
from ddplatform.value_chain.approvals.models import ApprovalDecision, DecisionKind


@dataclass(frozen=True)
class Progress:
    """The progress of the newest decision on a request."""

    id: UUID
    request_id: UUID
    kind: DecisionKind
    parts: int
    done: int
    decided_at: datetime
    decided_by: str
    stopped_at: datetime | None
    stopped_by: str | None
    finished_at: datetime | None
    job_state: JobState | None
    error: str | None

    @property
    def has_failed(self) -> bool:
        """Whether its work ended early and is not continued."""
        return self.finished_at is None and self.job_state is JobState.FAILED

    @property
    def is_going_on(self) -> bool:
        """Whether parts are still to take it."""
        return self.finished_at is None and not self.has_failed


def get_decision(decision_id: UUID, *, for_change: bool = False) -> ApprovalDecision:
    """A decision, or NotFound. Whoever holds it holds its map first."""
    found = select(ApprovalDecision).where(ApprovalDecision.id == decision_id)
    return get_one(found, for_change=for_change)


def find_open(request_id: UUID) -> ApprovalDecision | None:
    """The decision on a request that has not finished; the caller holds the map."""
    return db.session.scalar(
        select(ApprovalDecision)
        .where(ApprovalDecision.request_id == request_id, ApprovalDecision.finished_at.is_(None))
        .execution_options(populate_existing=True)
    )


def has_failed(decision: ApprovalDecision) -> bool:
    """Whether the work of a decision ended early and is not continued."""
    return (
        decision.finished_at is None
        and decision.job_id is not None
        and get_job(decision.job_id).state is JobState.FAILED
    )


def load_progress(requests: Sequence[UUID]) -> Mapping[UUID, Progress]:
    """The newest decision of each of some requests that had one; one statement."""
    decision, decider, stopper = ApprovalDecision, aliased(User), aliased(User)
    rows = db.session.execute(
        select(
            decision.id,
            decision.request_id,
            decision.kind,
            decision.parts,
            decision.done,
            decision.decided_at,
            decider.name.label("decided_by"),
            decision.stopped_at,
            stopper.name.label("stopped_by"),
            decision.finished_at,
            Job.state.label("job_state"),
            Job.last_error.label("error"),
        )
        .join(decider, decider.id == decision.decided_by_id)
        .outerjoin(stopper, stopper.id == decision.stopped_by_id)
        .outerjoin(Job, Job.id == decision.job_id)
        .where(decision.request_id.in_(requests))
        .order_by(decision.decided_at, decision.id)
    )
    return {row.request_id: Progress(**row._mapping) for row in rows}
