"""Supplier answers behind a score or a finding, with the way back to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.together import Question, Rows, ask
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.responses.models import Response, RiskSignal


@dataclass(frozen=True)
class AnswersBehind:
    """Answers that were sent, and the questionnaire they belong to."""

    assignment_id: UUID
    title: str
    submitted_at: datetime
    receipt_number: str


def list_answers_behind(node_id: UUID) -> Sequence[AnswersBehind]:
    """The answers behind the factors of a node, newest first.

    Of each questionnaire the last that was sent, by each node that told something (RM-1.0 3.3):
    a visit leaves the self-assessment in force, and both lead back to their answers.
    """
    return ask(select_answers_behind(node_id))


def select_answers_behind(node_id: UUID) -> Question[Sequence[AnswersBehind]]:
    """Asks for the same."""
    told = select(RiskSignal.response_id).where(RiskSignal.node_id == node_id)
    order = (Response.submitted_at.desc(), Response.id)
    return Question((_sent().where(Response.id.in_(told)),), _newest, order)


def _newest(rows: Rows) -> Sequence[AnswersBehind]:
    newest: dict[tuple[UUID, UUID], AnswersBehind] = {}
    for row in rows:
        newest.setdefault((row.told_by, row.told_in), AnswersBehind(*row[:4]))
    return list(newest.values())


def find_answers(response_id: UUID) -> AnswersBehind | None:
    """The answers of one round, once they were sent."""
    row = db.session.execute(_sent().where(Response.id == response_id)).one_or_none()
    return AnswersBehind(*row[:4]) if row else None


def _sent() -> Any:
    return (
        select(
            Assignment.id,
            Questionnaire.title,
            Response.submitted_at,
            Response.receipt_number,
            Assignment.node_id.label("told_by"),
            Questionnaire.id.label("told_in"),
        )
        .join(Assignment, Assignment.id == Response.assignment_id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Response.submitted_at.is_not(None))
    )
