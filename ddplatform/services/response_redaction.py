"""Words that lead to a person are taken out of answers by the requester, for good."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ddplatform.access.identity import Identity
from ddplatform.db import db
from ddplatform.errors import Invalid, NotFound
from ddplatform.models.responses import Answer
from ddplatform.models.responses import Response as ResponseRow
from ddplatform.queries.answer_traces import is_free_text
from ddplatform.queries.questionnaires import get_assignment
from ddplatform.queries.responses import find_response, load_filled
from ddplatform.services import audit
from questionnaires import Question, Response

TAKEN_OUT = "[…]"
"""What stands in place of the words, in every language."""
WHOLE = ""
"""The path of the note that was sent with the answers."""
LEAST = 2


def redact(assignment_id: UUID, path: str, words: str, *, by: Identity, at: datetime) -> int:
    """Take words out of an answer, in every round that the requester reads; returns how often.

    The answer of the supplier is this very text, so the words are gone there too. The log keeps
    that it was done, by whom and at which question, and never the words.

    Args:
        words: one stretch of words a line, as they stand in the answer.

    Raises:
        Invalid: nothing to take out, or it does not stand there (`words`).
        NotFound: no such answers, or no text is written at this question.
    """
    assignment = get_assignment(assignment_id)
    row = find_response(assignment.id, for_change=True)
    if row is None or row.submitted_at is None:
        raise NotFound()
    wanted = _stretches(words)
    if path == WHOLE:
        row.declared_note, many = _without(row.declared_note or "", wanted)
    else:
        _require_text(load_filled(assignment, row, now=at).form, path)
        many = _redact_rounds(assignment_id, path, wanted)
    audit.record("response:redact", row, by=by, at=at, path=path, times=many)
    return many


def _require_text(form: Response, path: str) -> None:
    try:
        node = form.state(path).node
    except KeyError:
        raise NotFound() from None
    if not isinstance(node, Question) or not is_free_text(node):
        raise NotFound()


def _stretches(words: str) -> Sequence[str]:
    found = [line.strip() for line in words.splitlines() if line.strip()]
    if not found:
        raise Invalid(fields={"words": "Copy the words that lead to a person, one line each."})
    if short := next((line for line in found if len(line) < LEAST), None):
        raise Invalid(fields={"words": f"“{short}” is too short: it stands in many words."})
    return sorted(found, key=len, reverse=True)


def _redact_rounds(assignment_id: UUID, path: str, wanted: Sequence[str]) -> int:
    """The newest round has to hold them; in older ones they go where they stand."""
    answers = db.session.scalars(
        select(Answer)
        .join(ResponseRow, ResponseRow.id == Answer.response_id)
        .where(
            ResponseRow.assignment_id == assignment_id,
            ResponseRow.submitted_at.is_not(None),
            Answer.path == path,
        )
        .order_by(ResponseRow.round.desc())
    ).all()
    if not answers:
        raise NotFound()
    answers[0].raw, many = _without(answers[0].raw, wanted)
    for answer in answers[1:]:
        answer.raw = _pattern(wanted).sub(TAKEN_OUT, answer.raw)
    return many


def _without(text: str, wanted: Sequence[str]) -> tuple[str, int]:
    for words in wanted:
        if not re.search(re.escape(words), text, re.IGNORECASE):
            raise Invalid(
                fields={
                    "words": f"“{words}” does not stand in this answer. Copy it as it stands there."
                }
            )
    return _pattern(wanted).subn(TAKEN_OUT, text)


def _pattern(wanted: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
