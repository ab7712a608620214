"""Which answers of a supplier stand behind a score or a finding, for the way back to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.models.questionnaires import Assignment
from ddplatform.models.responses import Response


@dataclass(frozen=True)
class AnswersBehind:
    """Answers that were sent, and the questionnaire they belong to."""

    assignment_id: UUID
    submitted_at: datetime
    receipt_number: str


def find_newest_answers(node_id: UUID) -> AnswersBehind | None:
    """The answers about a node that were sent last: those that its factors rest on."""
    return _first(_sent().where(Assignment.node_id == node_id))


def find_answers(response_id: UUID) -> AnswersBehind | None:
    """The answers of one round, once they were sent."""
    return _first(_sent().where(Response.id == response_id))


def _sent() -> Any:
    return (
        select(Assignment.id, Response.submitted_at, Response.receipt_number)
        .join(Assignment, Assignment.id == Response.assignment_id)
        .where(Response.submitted_at.is_not(None))
        .order_by(Response.submitted_at.desc(), Response.id)
        .limit(1)
    )


def _first(statement: Any) -> AnswersBehind | None:
    row = db.session.execute(statement).one_or_none()
    return AnswersBehind(*row) if row else None
