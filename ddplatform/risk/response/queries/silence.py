"""Questions that suppliers left unanswered past their due date (RM-2.0 section 3.7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.supplier_engagement.library.models import Assignment, QuestionnaireVersion
from ddplatform.supplier_engagement.library.queries import load_plan
from ddplatform.supplier_engagement.review.models import ReviewEntry
from ddplatform.value_chain.history.queries.on_day import MapOnDay
from questionnaires import Answerer, Response, Signals, score
from supply_chain.risk.rm2.method import METHOD

_POLICY = METHOD.policy
NOT_ASKED = (QuestionnaireState.DRAFT, QuestionnaireState.WITHDRAWN)
EMPTY_ON = datetime(2026, 1, 1, tzinfo=UTC)  # an empty response does not hang on its day


@dataclass(frozen=True)
class Silence:
    """The questions that were sent and not answered by a day."""

    blanks: tuple[tuple[int, str], ...]  # row of the node, factor whose questions are all blank
    silent: tuple[int, ...]  # rows of nodes that answered less than half by day 30 after the day


def select_requests(known: MapOnDay) -> Question[Rows]:
    """Asks for what suppliers were asked by a day."""
    return known.about(
        select(
            Assignment.id,
            Assignment.node_id,
            Assignment.version_id,
            QuestionnaireVersion.questionnaire_id,
            Assignment.light_mode,
            Assignment.due_on,
            Assignment.submitted_at,
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .where(
            Assignment.answered_by == Answerer.SUPPLIER,
            Assignment.status.not_in(NOT_ASKED),
            Assignment.sent_at < known.end,
        ),
        Assignment.node_id,
        *(Assignment.sent_at, Assignment.id),
    )


def select_shares(known: MapOnDay) -> Question[Rows]:
    """Asks for the part of the required questions that answers answer, the newest last."""
    return known.about(
        select(Assignment.node_id, Assignment.id, ReviewEntry.answered_share)
        .join(ReviewEntry, ReviewEntry.assignment_id == Assignment.id)
        .where(ReviewEntry.received_at < known.end),
        Assignment.node_id,
        *(ReviewEntry.received_at, ReviewEntry.id),
    )


def silence_from(known: MapOnDay, requests: Rows, shares: Rows) -> Silence:
    """The unanswered questions of suppliers; of each questionnaire the newest request counts.

    Blanks within submitted answers are shown by their signals.
    """
    newest = {(row.node_id, row.questionnaire_id): row for row in requests}
    due = [row for row in newest.values() if row.due_on < known.as_of]
    answered = {row.id: row.answered_share for row in shares}
    return Silence(
        blanks=tuple(_blanks(known, due)),
        silent=tuple(
            sorted({known.rows[row.node_id] for row in due if _is_silent(row, known, answered)})
        ),
    )


def _blanks(known: MapOnDay, due: list[Any]) -> Iterator[tuple[int, str]]:
    for row in due:
        if not _is_sent(row, known):
            for factor in factors_asked(row.version_id, light=row.light_mode):
                yield known.rows[row.node_id], factor


def _is_sent(row: Any, known: MapOnDay) -> bool:
    return row.submitted_at is not None and row.submitted_at < known.end


def _is_silent(row: Any, known: MapOnDay, answered: dict[UUID, float]) -> bool:
    last: date = row.due_on + timedelta(days=_POLICY.silence_after_days)
    if known.as_of <= last:
        return False
    least = _POLICY.silence_answered_share
    return not _is_sent(row, known) or answered.get(row.id, 1.0) < least


def factors_asked(version_id: UUID, *, light: bool) -> tuple[str, ...]:
    """Factors that a version asks everybody about."""
    signals = read_unanswered(version_id, light=light)
    return tuple(
        factor
        for factor, signal in signals.factors.items()
        if signal.is_blank and not signal.charged_to
    )


@lru_cache(maxsize=64)
def read_unanswered(version_id: UUID, *, light: bool) -> Signals:
    """The effect of a version without answers; a published version never changes."""
    return score(Response(load_plan(version_id), {}, now=EMPTY_ON), light=light)
