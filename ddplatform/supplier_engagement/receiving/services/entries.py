"""Summaries of responses, stored on receipt for the review queue and the results."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.responses.plans import planned_days
from ddplatform.supplier_engagement.responses.queries.active_consents import section_of
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    list_answers,
    list_red_flags,
)
from ddplatform.supplier_engagement.review.models import ReviewEntry
from ddplatform.supplier_engagement.review.queries.comparisons import compare_answers
from ddplatform.supplier_engagement.review.queries.queue import find_entry, list_entries
from questionnaires import Kind, NodeState, Question, Signals
from questionnaires.form.form import SELECTS, UPLOADS
from questionnaires.scoring.items import DONT_KNOW

SERIOUS, RAISED = 0.8, 0.5
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE, Kind.ACKNOWLEDGE})
FLAG, CHECK, SERIOUS_ANSWER = 1_000, 100, 10
"""The weights of a red flag, a check and a serious answer relative to a raised one."""
SHORTEST_PATTERN = 8
"""Fewer choices than these are alike at many sites without anybody having copied them."""


def keep_entry(filled: Filled, signals: Signals, *, at: datetime) -> ReviewEntry:
    """Make the entry of a response, or make it anew; part of a larger change that records it."""
    checks = (*signals.checks, *compare_answers(filled, note=filled.row.declared_note))
    worst = worst_of(signals).values()
    counted, flags = dict(_counted(filled)), len(list_red_flags(filled.row.id))
    entry = find_entry(filled.row.id)
    if entry is None:
        entry = ReviewEntry(
            response_id=filled.row.id, assignment_id=filled.assignment.id, received_at=at
        )
        db.session.add(entry)
    entry.flags = flags
    entry.serious = sum(r >= SERIOUS for r in worst)
    entry.raised = sum(RAISED <= r < SERIOUS for r in worst)
    entry.checks = sorted({check.check for check in checks})
    entry.weight = (
        FLAG * entry.flags
        + CHECK * len(entry.checks)
        + SERIOUS_ANSWER * entry.serious
        + entry.raised
    )
    entry.counted = counted
    entry.conduct = _conduct(filled, signals)
    entry.answered_share = signals.answered_share
    entry.pattern = pattern_of(counted)
    db.session.flush()  # the queue of this unit of work reads it
    return entry


def _conduct(filled: Filled, signals: Signals) -> list[dict[str, object]]:
    """The kind of answer to each required question; "don't know" with the last day of its plan."""
    days = planned_days(filled)
    found = []
    for answer in signals.answers:
        told = answer.as_json()
        if answer.state == DONT_KNOW and answer.question in days:
            told["plan_until"] = days[answer.question].isoformat()
        found.append(told)
    return found


def forget_hidden(assignment_id: UUID, section: str) -> None:
    """Answers of a section that are shown no longer leave the entries of an assignment too."""
    for entry in list_entries(assignment_id):
        shown = {answer.path for answer in list_answers(entry.response_id)}
        entry.counted = {
            path: value
            for path, value in entry.counted.items()
            if path in shown or section_of(path) != section
        }


def worst_of(signals: Signals) -> Mapping[tuple[str, int | None], float]:
    """The worst risk value of each question in each place."""
    found: dict[tuple[str, int | None], float] = {}
    causes = [cause for factor in signals.factors.values() for cause in factor.causes]
    causes += [cause for control in signals.controls.values() for cause in control.causes]
    for cause in causes:
        place = (cause.question, cause.instance)
        found[place] = max(cause.r, found.get(place, 0.0))
    return found


def _counted(filled: Filled) -> Iterator[tuple[str, str | None]]:
    """The answer to each question that is asked; of texts only that there is one."""
    for page in filled.pages:
        for item in page.questions():
            state = item.state
            if state.value:
                yield state.path, state.value if _is_countable(state) else None


def _is_countable(state: NodeState) -> bool:
    question = state.node
    return isinstance(question, Question) and (
        question.kind in SELECTS or (question.kind in NUMBERS and question.kind not in UPLOADS)
    )


def pattern_of(counted: Mapping[str, str | None]) -> str:
    """The same for two responses whose choices and numbers are all the same; "" for too few."""
    told = sorted((path, value) for path, value in counted.items() if value is not None)
    if len(told) < SHORTEST_PATTERN:
        return ""
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
