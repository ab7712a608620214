"""Earlier answers of the same supplier, for visit fields and for `${last-saved#name}`.

On a phone "the last saved record" is that of the phone (docs.getodk.org/form-logic, "Values from
the last saved record"). Here it is what this supplier sent to this buyer, about this place.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import Assignment, QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import get_version, load_plan
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from questionnaires import Answerer, Form, Question, Response


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
    """Version and round of accepted responses at a place, the newest first."""
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


def load_last_saved(assignment: Assignment, row: ResponseRow, form: Form) -> Mapping[str, str]:
    """Path -> value sent before this round was begun; empty where there was none.

    The moment of the beginning decides, so that a round reads the same whenever it is looked at.
    A visit says what was seen that day: it reads nothing of the visit before.

    Args:
        form: of the round; one that does not ask for it costs no statement.
    """
    if not form.reads_last_saved or assignment.answered_by is not Answerer.SUPPLIER:
        return {}
    last = db.session.execute(_sent_before(assignment, row)).one_or_none()
    return _values(*last) if last is not None else {}


def _sent_before(assignment: Assignment, row: ResponseRow) -> Any:
    """The newest round that was sent before: never another buyer's, nor another supplier's."""
    siblings = select(QuestionnaireVersion.id).where(
        QuestionnaireVersion.questionnaire_id == get_version(assignment.version_id).questionnaire_id
    )
    return (
        select(Assignment.version_id, ResponseRow)
        .join(ResponseRow, ResponseRow.assignment_id == Assignment.id)
        .where(
            # The node is the buyer's own row: no other buyer's questionnaire names it.
            Assignment.respondent_organisation_id == assignment.respondent_organisation_id,
            Assignment.node_id == assignment.node_id,
            Assignment.answered_by == Answerer.SUPPLIER,
            Assignment.version_id.in_(siblings),
            ResponseRow.id != row.id,
            ResponseRow.submitted_at <= row.started_at,
        )
        .order_by(ResponseRow.submitted_at.desc(), ResponseRow.round.desc(), ResponseRow.id)
        .limit(1)
    )


def _values(version_id: UUID, row: ResponseRow) -> Mapping[str, str]:
    """The valid answers of a round, in the order of its form.

    What was not asked is blank, as in a record of a phone; values that were worked out stand as
    they were sent; an answer under a consent was given to another buyer, and is left out.
    """
    kept = select(Answer.path, Answer.raw).where(
        Answer.response_id == row.id, Answer.share_id.is_(None)
    )
    texts = {path: raw for path, raw in db.session.execute(kept) if raw}
    sent = Response(load_plan(version_id), texts, now=row.submitted_at or row.started_at)
    return {
        state.path: state.value if state.node.is_input else texts[state.path]
        for state in sent.states()
        if isinstance(state.node, Question) and state.relevant and state.path in texts
    }
