"""What a visit need not ask: the latest accepted answer of the supplier at the same place."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import load_plan
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from questionnaires import Answerer, Form


def latest_answers(assignment: Assignment) -> Mapping[str, str]:
    """The paths of fields that take an answer given elsewhere -> that answer, as it was typed.

    A field without an accepted answer is left out: its question is asked. Only who visits is
    told, and only what the supplier told this buyer itself: not what it sees by a consent, nor
    what a visit saw. Call it in the tenant of the requester, who alone may read what was sent.
    """
    if assignment.answered_by is not Answerer.ASSESSOR:
        return {}
    wanted = _fields(load_plan(assignment.version_id).form)
    found: dict[str, str] = {}
    for version_id, response_id in _accepted(assignment.node_id) if wanted else ():
        asked = _paths(load_plan(version_id).form)
        for field, question in wanted.items():
            if field not in found and question in asked:
                found[field] = _text(response_id, asked[question])
    return {field: text for field, text in found.items() if text}


def _fields(form: Form) -> dict[str, str]:
    """The hidden fields of a form that repeat an answer -> the id of its question."""
    ids = {one.path: one.extras.get("dd:latest_of", "").strip() for one in form.questions()}
    return {path: question for path, question in ids.items() if question}


def _paths(form: Form) -> dict[str, str]:
    """The questions of a form by their id."""
    return {one.extras["dd:id"]: one.path for one in form.questions() if "dd:id" in one.extras}


def _accepted(node_id: UUID) -> list[tuple[UUID, UUID]]:
    """Version and round of what was accepted at a place, the newest first."""
    rows = db.session.execute(
        select(Assignment.version_id, ResponseRow.id)
        .join(ResponseRow, ResponseRow.assignment_id == Assignment.id)
        .where(
            Assignment.organisation_id == current_organisation(),
            Assignment.node_id == node_id,
            Assignment.status == State.ACCEPTED,
            Assignment.answered_by == Answerer.SUPPLIER,
            ResponseRow.round == Assignment.round,
        )
        .order_by(Assignment.decided_at.desc(), Assignment.id)
    )
    return [(version_id, response_id) for version_id, response_id in rows]


def _text(response_id: UUID, path: str) -> str:
    kept = select(Answer.raw).where(
        Answer.response_id == response_id, Answer.path == path, Answer.share_id.is_(None)
    )
    return db.session.scalar(kept) or ""
