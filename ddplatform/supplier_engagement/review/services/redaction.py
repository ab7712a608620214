"""Irreversible redaction of identifying words in answers by the requester."""

import re
from collections.abc import Sequence
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.evidence.redaction.blackening_words import TAKEN_OUT
from ddplatform.evidence.redaction.services import stretches_of
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.library.queries import get_assignment, load_plan
from ddplatform.supplier_engagement.responses.queries.responses import find_response
from ddplatform.supplier_engagement.responses.traces import is_free_text
from ddplatform.supplier_engagement.review.queries.reviews import (
    list_sent_answers,
    list_sent_rounds,
)
from questionnaires import Kind, Plan, Question
from questionnaires.scoring.given import without_places

WHOLE = ""
"""The path of the note that was sent with the answers."""


def redact(assignment_id: UUID, path: str, words: str, *, act: Act) -> int:
    """Take words out of an answer, in every round that was sent; returns how often.

    The answer of the supplier is this very text, so the words are gone there too. The log keeps
    that it was done, by whom and at which question, and never the words.

    Args:
        words: one stretch of words a line, as written in the answer.

    Raises:
        Invalid: nothing to take out, or it occurs in no round (`words`).
        NotFound: no such answers, or no text is written at this question.
    """
    assignment = get_assignment(assignment_id)
    row = find_response(assignment.id, for_change=True)
    if row is None or row.submitted_at is None:
        raise NotFound()
    wanted = stretches_of(words)
    if path == WHOLE:
        many = _redact_notes(assignment_id, wanted)
    else:
        question = without_places(path)
        is_text = _require_text(load_plan(assignment.version_id), question)
        many = _redact_answers(assignment_id, question, wanted, is_text=is_text)
    audit.record("response:redact", row, act=act, path=path, times=many)
    return many


def _require_text(plan: Plan, question: str) -> bool:
    """Whether the answer is a text, or a choice at which a plan is written; else NotFound."""
    spec = plan.specs.get(question)
    node = spec.node if spec else None
    if not isinstance(node, Question) or not (is_free_text(node) or node.kind is Kind.SELECT_ONE):
        raise NotFound()
    return is_free_text(node)


def _redact_notes(assignment_id: UUID, wanted: Sequence[str]) -> int:
    rows = list_sent_rounds(assignment_id)
    _require_standing([row.declared_note or "" for row in rows], wanted)
    many = 0
    for row in rows:
        if row.declared_note:
            row.declared_note, times = _pattern(wanted).subn(TAKEN_OUT, row.declared_note)
            many += times
    return many


def _redact_answers(
    assignment_id: UUID, question: str, wanted: Sequence[str], *, is_text: bool
) -> int:
    """In all its places: an entry of a repeat may be elsewhere in another round."""
    answers = list_sent_answers(assignment_id, question)
    if not answers:
        raise NotFound()
    # Of a choice the plan to find out alone is written in words of their own.
    name = "raw" if is_text else "plan_text"
    _require_standing([getattr(answer, name) for answer in answers], wanted)
    many = 0
    for answer in answers:
        text, times = _pattern(wanted).subn(TAKEN_OUT, getattr(answer, name))
        setattr(answer, name, text)
        many += times
    return many


def _require_standing(texts: Sequence[str], wanted: Sequence[str]) -> None:
    """Each stretch of words has to occur in one of the texts at least."""
    for words in wanted:
        if not any(re.search(re.escape(words), text, re.IGNORECASE) for text in texts):
            raise Invalid(
                fields={
                    "words": gettext(
                        "“%(words)s” was not found in this answer. Copy it exactly.",
                        words=words,
                    )
                }
            )


def _pattern(wanted: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
