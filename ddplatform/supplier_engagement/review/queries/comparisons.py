"""Comparison of a response with the respondent's earlier and other sites (CHK-4, CHK-7)."""

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    find_earlier,
    load_filled,
)
from questionnaires import Check, far_moves, has_note, own_words, same_words, score

TEXTS_COMPARED = 100


def compare_answers(filled: Filled, *, note: str | None) -> tuple[Check, ...]:
    """Possible questions of a reviewer, in the order of the checks.

    Args:
        note: what the respondent said when sending; a change that is explained raises nothing.
    """
    found = (_same_words(filled), None if note or has_note(filled.form) else _far_moves(filled))
    return tuple(check for check in found if check is not None)


def _same_words(filled: Filled) -> Check | None:
    """Texts of this response that also occur at other sites of the same respondent."""
    texts = list(own_words(filled.form))[:TEXTS_COMPARED]
    if not texts:
        return None
    assignment = filled.assignment
    rows = db.session.execute(
        select(Answer.raw, Assignment.node_name, Assignment.organisation_id)
        .join(ResponseRow, ResponseRow.id == Answer.response_id)
        .join(Assignment, Assignment.id == ResponseRow.assignment_id)
        .where(
            Assignment.respondent_organisation_id == assignment.respondent_organisation_id,
            Assignment.node_id != assignment.node_id,
            ResponseRow.submitted_at.is_not(None),
            Answer.raw.in_(texts),
        )
        .order_by(Assignment.node_name, Answer.id)
    )
    elsewhere: dict[str, list[str]] = {}
    for text, name, requester in rows:
        if requester == assignment.organisation_id:  # no buyer learns what another one reads
            elsewhere.setdefault(text, []).append(name)
    return same_words(filled.form, elsewhere)


def _far_moves(filled: Filled) -> Check | None:
    found = find_earlier(filled.assignment)
    if found is None:
        return None
    assignment, row = found
    sent, moment = row.submitted_at, filled.row.submitted_at
    if sent is not None and moment is not None and sent > moment:
        return None  # an old response is read again: what came later is no time before
    before = load_filled(assignment, row, now=filled.form.now)
    return far_moves(
        score(filled.form, light=filled.assignment.light_mode),
        score(before.form, light=assignment.light_mode),
    )
