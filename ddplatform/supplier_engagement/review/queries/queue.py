"""The review queue: priorities, identical answers at several sites, samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import undefer

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.library.queries import COUNT_CAP, TO_REVIEW
from ddplatform.supplier_engagement.responses.models import Response, ResponseStatus
from ddplatform.supplier_engagement.review.models import ReviewEntry, ReviewSample

PAGE_SIZE = 50
NAMES_SHOWN = 20
NOT_READ_YET = 1 << 30
"""The weight of answers that no job has read yet: they may be remarkable."""


@dataclass(frozen=True)
class QueueRow:
    """One response that waits for a review. Counts are None until a job has read it."""

    assignment_id: UUID
    node_name: str
    title: str
    status: State
    round: int
    submitted_at: datetime | None
    weight: int
    flags: int | None
    serious: int | None
    raised: int | None
    checks: Sequence[str] | None
    pattern: str | None


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue; `alike` gives the number of responses for each pattern."""

    rows: Sequence[QueueRow]
    alike: Mapping[str, int]
    after: tuple[int, UUID] | None
    total: int


def list_queue(
    *,
    campaign_id: UUID | None = None,
    after: tuple[int, UUID] | None = None,
    limit: int = PAGE_SIZE,
) -> QueuePage:
    """Responses waiting for review, by priority; three statements."""
    weight = func.coalesce(ReviewEntry.weight, NOT_READ_YET)
    conditions = _waiting(campaign_id)
    statement = _columns(weight).where(*conditions)
    if after is not None:
        place = (-after[0], after[1])
        statement = statement.where(tuple_(-weight, Assignment.id) > tuple_(*place))
    found = db.session.execute(statement.order_by(-weight, Assignment.id).limit(limit + 1)).all()
    rows = [QueueRow(**row._mapping) for row in found[:limit]]
    total = db.session.scalar(
        select(func.count()).select_from(
            select(Assignment.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
        )
    )
    return QueuePage(
        rows=rows,
        alike=count_alike([row.pattern for row in rows if row.pattern]),
        after=(rows[-1].weight, rows[-1].assignment_id) if len(found) > limit else None,
        total=total or 0,
    )


def _waiting(campaign_id: UUID | None) -> list[ColumnElement[bool]]:
    # Both sides may read an assignment; this queue is that of the one who asked.
    found: list[ColumnElement[bool]] = [
        Assignment.organisation_id == current_organisation(),
        Assignment.status.in_(TO_REVIEW),
    ]
    if campaign_id is not None:
        found.append(Assignment.campaign_id == campaign_id)
    return found


def _columns(weight: Any) -> Any:
    return (
        select(
            *(Assignment.id.label("assignment_id"), Assignment.node_name, Questionnaire.title),
            *(Assignment.status, Assignment.round, Assignment.submitted_at),
            weight.label("weight"),
            *(ReviewEntry.flags, ReviewEntry.serious, ReviewEntry.raised),
            *(ReviewEntry.checks, ReviewEntry.pattern),
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .outerjoin(
            Response,
            (Response.assignment_id == Assignment.id) & (Response.round == Assignment.round),
        )
        .outerjoin(ReviewEntry, ReviewEntry.response_id == Response.id)
    )


def count_alike(patterns: Sequence[str]) -> Mapping[str, int]:
    """The number of sites with identical answers, by pattern; only patterns of several."""
    sites = func.count(func.distinct(Assignment.node_id))
    rows = db.session.execute(
        select(ReviewEntry.pattern, sites)
        .join(Assignment, Assignment.id == ReviewEntry.assignment_id)
        .where(ReviewEntry.pattern.in_([text for text in patterns if text]))
        .group_by(ReviewEntry.pattern)
        .having(sites > 1)
    )
    return {pattern: count for pattern, count in rows}


def list_alike(entry: ReviewEntry, node_id: UUID) -> Sequence[tuple[UUID, str]]:
    """The first other sites that gave just the same answers: assignment and name."""
    if not entry.pattern:
        return ()
    rows = db.session.execute(
        select(Assignment.id, Assignment.node_name)
        .join(ReviewEntry, ReviewEntry.assignment_id == Assignment.id)
        .where(ReviewEntry.pattern == entry.pattern, Assignment.node_id != node_id)
        .order_by(Assignment.node_name, Assignment.id)
        .limit(NAMES_SHOWN)
    )
    return [(key, name) for key, name in rows]


def find_entry(response_id: UUID) -> ReviewEntry | None:
    """The summary of a response, if a job has made it."""
    return db.session.scalar(select(ReviewEntry).where(ReviewEntry.response_id == response_id))


def list_entries(assignment_id: UUID) -> Sequence[ReviewEntry]:
    """The same of every round of an assignment, with its counts."""
    return db.session.scalars(
        select(ReviewEntry)
        .where(ReviewEntry.assignment_id == assignment_id)
        .options(undefer(ReviewEntry.counted))
    ).all()


# ---- samples ---------------------------------------------------------------------------------


def list_unremarkable(campaign_id: UUID | None) -> Sequence[UUID]:
    """Assignments whose answers raise nothing and are like nobody else's, by key."""
    twice = (
        select(ReviewEntry.pattern)
        .join(Assignment, Assignment.id == ReviewEntry.assignment_id)
        .where(ReviewEntry.pattern != "")
        .group_by(ReviewEntry.pattern)
        .having(func.count(func.distinct(Assignment.node_id)) > 1)
    )
    return db.session.scalars(
        select(Assignment.id)
        .join(
            Response,
            (Response.assignment_id == Assignment.id) & (Response.round == Assignment.round),
        )
        .join(ReviewEntry, ReviewEntry.response_id == Response.id)
        .where(
            Assignment.organisation_id == current_organisation(),
            Assignment.status == State.SUBMITTED,
            *([Assignment.campaign_id == campaign_id] if campaign_id else []),
            ReviewEntry.weight == 0,
            ReviewEntry.pattern.not_in(twice),
        )
        .order_by(Assignment.id)
    ).all()


def find_sample(campaign_id: UUID | None) -> ReviewSample | None:
    """The newest sample that was drawn here."""
    where = ReviewSample.campaign_id
    return db.session.scalar(
        select(ReviewSample)
        .where(where == campaign_id if campaign_id else where.is_(None))
        .order_by(ReviewSample.created_at.desc(), ReviewSample.id)
        .limit(1)
    )


def get_sample(sample_id: UUID, *, for_change: bool = False) -> ReviewSample:
    """A sample, or NotFound."""
    statement = select(ReviewSample).where(ReviewSample.id == sample_id)
    return get_one(statement, for_change=for_change)


@dataclass(frozen=True)
class DrawnRow:
    """One response of a sample, with its outcome."""

    assignment_id: UUID
    node_name: str
    status: State


def list_drawn(sample: ReviewSample) -> Sequence[DrawnRow]:
    """The responses of a sample by name."""
    rows = db.session.execute(
        select(Assignment.id, Assignment.node_name, Assignment.status)
        .where(among(Assignment.id, [UUID(key) for key in sample.drawn]))
        .order_by(Assignment.node_name, Assignment.id)
    )
    return [DrawnRow(*row) for row in rows]


def list_rest(sample: ReviewSample, *, limit: int) -> Sequence[UUID]:
    """The next responses represented by a sample that still wait unchanged."""
    rows = _rest(sample, select(Response.id)).order_by(Assignment.id).limit(limit)
    return db.session.scalars(rows).all()


def hold_rest(
    sample: ReviewSample, response_ids: Sequence[UUID]
) -> Sequence[tuple[Assignment, Response]]:
    """Those of them that still wait once nobody else can change them.

    A reviewer holds a response from the first act on: who is at one is waited for, and what came
    of it is read before anything is decided here.
    """
    chosen = among(Response.id, response_ids)
    db.session.execute(held(select(Response).where(chosen).order_by(Response.id)))
    rows = db.session.execute(
        _rest(sample, select(Assignment, Response))
        .where(chosen)
        .order_by(Assignment.id)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


def _rest(sample: ReviewSample, columns: Any) -> Any:
    return (
        columns.join_from(
            Assignment,
            Response,
            (Response.assignment_id == Assignment.id) & (Response.round == Assignment.round),
        )
        .join(ReviewEntry, ReviewEntry.response_id == Response.id)
        .where(
            among(Assignment.id, [UUID(key) for key in sample.rest]),
            Assignment.status == State.SUBMITTED,
            Response.status == ResponseStatus.SUBMITTED,
            Response.submitted_at <= sample.created_at,  # not sent anew since
            ReviewEntry.weight == 0,
        )
    )
