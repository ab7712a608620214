"""The current round of answers: opening, synchronisation with the form, counts."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.responses.models import Answer, ResponseStatus
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.plans import FindOut, plan_of
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    Request,
    find_response,
    get_request,
    list_answers,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services.flags import note_flags
from questionnaires import Notice, Page


def open_draft(assignment_id: UUID, *, at: datetime) -> Filled:
    """The round that is being written, held for change.

    Raises:
        Conflict: nothing is being written: not begun, sent already, withdrawn or run out.
    """
    request = get_request(assignment_id)
    row = draft_row(request)
    return load_filled(request.assignment, row, now=at, plan=request.plan, anew=True)


def require_draft(assignment_id: UUID) -> Request:
    """The questions of a round that is being written; only looks, and holds nothing.

    Raises:
        Conflict: nothing is being written.
    """
    request = get_request(assignment_id)
    _of_draft(request, find_response(assignment_id))
    return request


def draft_row(request: Request) -> ResponseRow:
    """The row of that round, held for change. Raises Conflict when nothing is being written."""
    return _of_draft(request, find_response(request.assignment.id, for_change=True))


def _of_draft(request: Request, row: ResponseRow | None) -> ResponseRow:
    is_open = request.assignment.status is State.OPENED
    if row is None or not is_open or row.status is not ResponseStatus.DRAFT:
        raise Conflict(
            gettext("These questions cannot be changed now."),
            gettext(
                "They were sent to %(requester)s already, or %(requester)s closed them.",
                requester=request.requester,
            ),
        )
    return row


def finish(filled: Filled, *, page: str, act: Act) -> tuple[Notice, ...]:
    """Store changes, count, and fire red flags; returns the new ones with their words."""
    keep(filled, page=page, act=act)
    count_progress(filled)
    return note_flags(filled, act=act)


def keep(filled: Filled, *, page: str, act: Act) -> None:
    """Synchronise the rows with the form: changed texts get the new revision."""
    row, now = filled.row, filled.form.answers()
    problems = {state.path: " ".join(state.messages) for state in filled.form.broken() if state.raw}
    changed = [
        path
        for path in {**now, **filled.answers}
        if path not in filled.form.unknown and now.get(path, "") != _text(filled, path)
    ]
    row.revision += 1 if changed else 0
    for path in changed:
        answer = filled.answers.get(path) or _new_answer(filled, path)
        answer.raw, answer.version, answer.page = now.get(path, ""), row.revision, page
        answer.saved_at, answer.saved_by_id = act.at, act.by.user_id
        answer.given_at = answer.share_id = None
    for path, answer in filled.answers.items():
        answer.problem = problems.get(path)


def _text(filled: Filled, path: str) -> str:
    answer = filled.answers.get(path)
    return answer.raw if answer else ""


def _new_answer(filled: Filled, path: str) -> Answer:
    answer = Answer(
        organisation_id=filled.row.organisation_id,
        respondent_organisation_id=filled.row.respondent_organisation_id,
        response_id=filled.row.id,
        path=path,
    )
    db.session.add(answer)
    filled.answers[path] = answer
    return answer


def mark_given(
    filled: Filled,
    paths: Collection[str],
    *,
    given_at: datetime,
    share_id: UUID | None = None,
) -> None:
    """Mark existing answers as given before, to be confirmed or changed.

    Args:
        share_id: the consent they are given under, where they were given to another buyer.
    """
    for path in paths:
        if answer := filled.answers.get(path):
            answer.given_at, answer.share_id = given_at, share_id


def keep_plans(filled: Filled, plans: Mapping[str, FindOut]) -> None:
    """Put plans to find out at their answers; one that is empty is taken away."""
    for path, plan in plans.items():
        answer = filled.answers.get(path)
        if answer is None and plan != FindOut():
            answer = _new_answer(filled, path)
            answer.raw, answer.saved_at = "", filled.form.now
        if answer is not None:
            answer.plan_day, answer.plan_text = plan.day, plan.text


def keep_given(filled: Filled, last: ResponseRow) -> None:
    """Carry consents and plans to find out over to the answers of a new round."""
    for answer in list_answers(last.id):
        again = filled.answers.get(answer.path)
        if again is not None and again.raw == answer.raw:
            again.plan_day, again.plan_text = answer.plan_day, answer.plan_text
        if again is not None and answer.share_id is not None and again.raw == answer.raw:
            again.given_at, again.share_id = answer.given_at, answer.share_id


@dataclass(frozen=True)
class Marks:
    """The text at a path, its date, and the plan to find out."""

    raw: str
    given_at: datetime | None
    share_id: UUID | None
    plan: FindOut


def marks_behind(filled: Filled, repeat: str, place: int) -> Mapping[str, Marks]:
    """The entries behind entry `place` of a repeat, by the paths that they move up to."""
    behind = re.compile(rf"{re.escape(repeat)}\[(\d+)\](/.*)\Z")
    found = ((behind.match(path), answer) for path, answer in filled.answers.items())
    return {
        f"{repeat}[{int(match[1]) - 1}]{match[2]}": Marks(
            answer.raw, answer.given_at, answer.share_id, plan_of(answer)
        )
        for match, answer in found
        if match and int(match[1]) > place
    }


def put_marks(filled: Filled, marks: Mapping[str, Marks]) -> None:
    """Entries that moved up go on being given when they were, and under their consent."""
    for path, was in marks.items():
        answer = filled.answers.get(path)
        if answer is not None and answer.raw == was.raw:
            answer.given_at, answer.share_id = was.given_at, was.share_id
            answer.plan_day, answer.plan_text = was.plan.day, was.plan.text


def confirm_given(
    filled: Filled, section: str | None = None, *, but: Collection[str] = (), act: Act
) -> int:
    """Earlier answers that were checked and left unchanged become answers of today.

    Those under a consent keep the day on which they were given.

    Args:
        section: on this page alone; None: on all.
        but: paths that are left out.
    """
    shown = {path for page in filled.pages if section in (None, page.name) for path in page.paths}
    found = [
        answer
        for path, answer in filled.answers.items()
        if answer.given_at and answer.share_id is None and path in shown and path not in but
    ]
    for answer in found:
        answer.given_at, answer.saved_at, answer.saved_by_id = None, act.at, act.by.user_id
    return len(found)


def count_progress(filled: Filled) -> None:
    """All that the requester learns before the answers are sent: how many pages are done."""
    shown = filled.pages
    filled.assignment.sections_total = len(shown)
    filled.assignment.sections_done = sum(1 for page in shown if is_done(page, filled.row))


def is_done(page: Page, row: ResponseRow) -> bool:
    """Whether a page was completed and nothing on it prevents submission."""
    return page.name in row.visited_sections and not any(page.problems())
