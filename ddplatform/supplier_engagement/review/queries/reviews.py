"""What the requester decided about answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import AnswerReview, ReviewDecision


@dataclass(frozen=True)
class Decision:
    """The newest decision on one answer."""

    id: UUID
    path: str
    decision: ReviewDecision
    evidence_accepted: bool
    note: str
    by: str
    by_id: UUID
    created_at: datetime


def list_decisions(response_id: UUID) -> Mapping[str, Decision]:
    """The newest decision on each answer of a round, by path."""
    rows = db.session.execute(
        select(
            AnswerReview.id,
            AnswerReview.path,
            AnswerReview.decision,
            AnswerReview.evidence_accepted,
            AnswerReview.note,
            User.name.label("by"),
            User.id.label("by_id"),
            AnswerReview.created_at,
        )
        .join(User, User.id == AnswerReview.created_by_id)
        .where(AnswerReview.response_id == response_id)
        .order_by(AnswerReview.created_at, AnswerReview.id)
    )
    return {row.path: Decision(**row._mapping) for row in rows}
