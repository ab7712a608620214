"""Responses received by the requester in all rounds, with the decisions on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.models import Answer, AnswerReview, ReviewDecision
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from questionnaires.scoring.given import without_places


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


def list_accepted_paths(response_id: UUID) -> frozenset[str]:
    """The paths of the answers whose documents were accepted; the newest decision counts."""
    newest = list_decisions(response_id)
    return frozenset(path for path, decision in newest.items() if decision.evidence_accepted)


def list_sent_rounds(assignment_id: UUID) -> Sequence[ResponseRow]:
    """Every round of an assignment that was sent."""
    return db.session.scalars(
        select(ResponseRow).where(
            ResponseRow.assignment_id == assignment_id, ResponseRow.submitted_at.is_not(None)
        )
    ).all()


def list_sent_answers(assignment_id: UUID, question: str) -> Sequence[Answer]:
    """The answers to a question in every round that was sent, in all places of its repeats.

    Args:
        question: its path without places.
    """
    found = db.session.scalars(
        select(Answer)
        .join(ResponseRow, ResponseRow.id == Answer.response_id)
        .where(
            ResponseRow.assignment_id == assignment_id,
            ResponseRow.submitted_at.is_not(None),
            Answer.path.endswith(question.rpartition("/")[2], autoescape=True),
        )
    )
    return [answer for answer in found if without_places(answer.path) == question]
