"""A supplier's answers: start, saving as typed, addition and removal of repeat entries.

No input is ever discarded: every text is stored as typed, with the problem that keeps it from
being an answer, and a text older than one saved meanwhile from another page is returned for a
choice between the two.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import QuestionnaireFacts
from ddplatform.core.due_diligence.vocabulary import Machine
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.uploads import CheckedFile
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.responses.models import AnswerMessage, ResponseStatus
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.plans import FindOut, takes_plan
from ddplatform.supplier_engagement.responses.queries.earlier import load_last_saved
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    Request,
    asked_back,
    find_response,
    get_request,
    list_answers,
    list_files,
    list_messages,
)
from ddplatform.supplier_engagement.responses.services.drafts import (
    confirm_given,
    count_progress,
    draft_row,
    finish,
    keep,
    keep_given,
    keep_plans,
    mark_given,
    marks_behind,
    open_draft,
    put_marks,
)
from ddplatform.supplier_engagement.responses.services.files import (
    add_checked,
    add_file,
    copy_files,
    remove_file,
    shift_files,
)
from ddplatform.supplier_engagement.responses.services.flags import note_flags
from ddplatform.supplier_engagement.responses.services.prefill import prefill
from questionnaires import Notice, Question, Response, StepRefused
from questionnaires.form.form import UPLOADS
from questionnaires.workbook.changes import make_room
from supply_chain.errors import FileRefused

MAX_REPLY = 2000
LONGEST_DAY, LONGEST_PLAN = 40, 500
_PLACE = re.compile(r"\[(\d+)\]\Z")


@dataclass(frozen=True)
class Typed:
    """The input of one open page.

    `values` maps paths to texts; `seen` is the revision the page was made from; `page` names the
    open page, so that its own earlier saves are no contradiction; `untouched` are the paths that
    say what the page showed: what others wrote there meanwhile stays, and nobody is asked.
    """

    values: Mapping[str, str]
    seen: int
    page: str
    replies: Mapping[str, str] = field(default_factory=dict)
    untouched: frozenset[str] = frozenset()
    plans: Mapping[str, FindOut] = field(default_factory=dict)
    """Path -> the plan to find out, where it is another than the page showed."""


@dataclass(frozen=True)
class Clash:
    """An answer that was changed elsewhere meanwhile: both texts; nothing was overwritten."""

    path: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Saved:
    """The result of a save; everything without a conflict is stored."""

    filled: Filled
    clashes: tuple[Clash, ...]
    new_flags: tuple[Notice, ...]


def start(assignment_id: UUID, *, act: Act, known: Mapping[str, str] | None = None) -> ResponseRow:
    """Open the questions: the first round, or one more after they came back.

    Args:
        known: path -> what another questionnaire says there, for fields that nobody is asked.

    Raises:
        StepNotAllowed: the questionnaire was withdrawn, ran out, or is being read.
    """
    request = get_request(assignment_id)
    assignment = request.assignment
    if assignment.status is State.OPENED:
        return draft_row(request)
    require_step(Machine.QUESTIONNAIRE, assignment.status, State.OPENED, QuestionnaireFacts())
    last = find_response(assignment_id, for_change=True)
    assignment.status = State.OPENED
    if last is not None and last.status is ResponseStatus.DRAFT:
        audit.record("response:start", last, act=act, round=last.round)
        return last
    row = ResponseRow(
        organisation_id=assignment.organisation_id,
        respondent_organisation_id=assignment.respondent_organisation_id,
        assignment_id=assignment.id,
        round=1 if last is None else last.round + 1,
        visited_sections=[],
        language=assignment.language,
        revision=0,
        started_at=act.at,
    )
    assignment.round = row.round
    db.session.add(row)
    db.session.flush()  # answers point to it
    _fill(request, row, last, known or {}, act=act)
    audit.record("response:start", row, act=act, round=row.round)
    return row


def _fill(
    request: Request,
    row: ResponseRow,
    last: ResponseRow | None,
    known: Mapping[str, str],
    *,
    act: Act,
) -> None:
    """The first texts: those of the round before, else of last time, else the form's own."""
    sent = load_last_saved(request.assignment, row, request.plan.form)
    form = Response(request.plan, _texts(last), now=act.at, seed=str(row.id), last_saved=sent)
    if known:
        texts = {**form.answers(), **known}
        form = Response(request.plan, texts, now=act.at, seed=str(row.id), last_saved=sent)
    filled = Filled(request.assignment, row, {}, form)
    given = prefill(filled) if last is None else None
    keep(filled, page="", act=act)
    if given is not None:
        mark_given(filled, given.paths, given_at=given.at)
        keep_plans(filled, given.plans)
    if last is not None:
        back = asked_back(list_messages(request.assignment.id))
        again = {page.name for page in filled.pages if page.paths & back}
        row.visited_sections = [name for name in last.visited_sections if name not in again]
        copy_files(last, row, at=act.at)
        keep_given(filled, last)
    note_flags(filled, act=act)
    count_progress(filled)


def _texts(last: ResponseRow | None) -> Mapping[str, str] | None:
    if last is None:
        return None
    return {
        answer.path: answer.raw
        for answer in list_answers(last.id)
        # Without its consent an answer is not given a second time.
        if answer.raw and (answer.share_id is None or answer.is_released)
    }


def save_section(
    assignment_id: UUID, section: str, typed: Typed, *, act: Act, confirm: bool = True
) -> Saved:
    """Keep a page of answers and the replies on it, and count the page as visited.

    Args:
        confirm: existing answers left unchanged count as given today.
    """
    filled = open_draft(assignment_id, at=act.at)
    if section not in filled.row.visited_sections:
        filled.row.visited_sections = [*filled.row.visited_sections, section]
    saved = _save(filled, typed, act=act)
    clashing = {clash.path for clash in saved.clashes}
    confirmed = confirm_given(filled, section, but=clashing, act=act) if confirm else 0
    _reply(filled, typed.replies, act=act)
    audit.record("response:save", filled.row, act=act, section=section, confirmed=confirmed)
    return saved


def save_draft(assignment_id: UUID, typed: Typed, *, act: Act) -> Saved:
    """Store current input. Drafts leave no event: the save of their section does."""
    return _save(open_draft(assignment_id, at=act.at), typed, act=act)


def add_entry(assignment_id: UUID, path: str, *, act: Act) -> str:
    """Add an entry at the end of a repeat; returns its path.

    Raises:
        StepRefused: there is no such repeat, or it is counted.
    """
    filled = open_draft(assignment_id, at=act.at)
    added = filled.form.add_repeat(path)
    finish(filled, page="", act=act)
    audit.record("response:add_entry", filled.row, act=act, path=added)
    return added


def remove_entry(assignment_id: UUID, path: str, *, act: Act) -> None:
    """Remove one entry of a repeat with its answers and files.

    Raises:
        StepRefused: there is no such entry, or the repeat is counted.
    """
    filled = open_draft(assignment_id, at=act.at)
    filled.form.remove_repeat(path)
    place = _PLACE.search(path)
    repeat, number = (path[: place.start()], int(place[1])) if place else (path, 0)
    shift_files(filled.row, repeat, number)
    marks = marks_behind(filled, repeat, number)
    finish(filled, page="", act=act)
    put_marks(filled, marks)
    audit.record("response:remove_entry", filled.row, act=act, path=path)


def attach(
    assignment_id: UUID,
    path: str,
    *,
    filename: str,
    content: bytes,
    examined: CheckedFile | FileRefused | None = None,
    act: Act,
) -> None:
    """Add one document to the answer at a path.

    Args:
        examined: what came of `evidence.examine`, where that was done before the change began.

    Raises:
        Invalid: nothing is uploaded at this question.
        FileRefused: the file may not come in; says why and how to mend it.
        TooMany: too many uploads in an hour.
    """
    filled = open_draft(assignment_id, at=act.at)
    _require_upload(filled.form, path)
    add_file(filled.row, path, filename=filename, content=content, examined=examined, act=act)
    _name_files(filled, [path], act=act)


def attach_checked(
    assignment_id: UUID, documents: Mapping[str, Sequence[CheckedFile]], *, act: Act
) -> None:
    """Add documents that were checked and counted when they came in, to answers by path.

    Raises:
        Invalid: nothing is uploaded at one of these questions.
        Conflict: the questions cannot be answered now.
    """
    filled = open_draft(assignment_id, at=act.at)
    for path, found in documents.items():
        make_room(filled.form, path)
        _require_upload(filled.form, path)
        for document in found:
            add_checked(filled.row, path, document, act=act)
    _name_files(filled, documents, act=act)


def detach(assignment_id: UUID, link_id: UUID, *, act: Act) -> str:
    """Take a document away from its answer; returns the path of the question."""
    filled = open_draft(assignment_id, at=act.at)
    path = remove_file(filled.row, link_id, act=act)
    _name_files(filled, [path], act=act)
    audit.record("response:remove_file", filled.row, act=act, path=path)
    return path


def _require_upload(form: Response, path: str) -> None:
    if not _takes_files(form, path):
        raise Invalid(
            gettext("This question takes no documents."), gettext("Write the answer instead.")
        )


def _takes_files(form: Response, path: str) -> bool:
    try:
        node = form.state(path).node
    except KeyError:
        return False
    return isinstance(node, Question) and node.kind in UPLOADS


def _name_files(filled: Filled, paths: Iterable[str], *, act: Act) -> None:
    """The text of the answer is the names of its files, as other tools keep it."""
    db.session.flush()  # the documents that came and went
    files = list_files(filled.row.id)
    for path in paths:
        filled.form.set(path, ", ".join(file.filename for file in files.get(path, ())))
    finish(filled, page="", act=act)


def _save(filled: Filled, typed: Typed, *, act: Act) -> Saved:
    clashes = []
    for path, text in typed.values.items():
        kept = filled.answers.get(path)
        if (kept.raw if kept else "") == text:
            continue
        if kept and kept.version > typed.seen and kept.page != typed.page:
            if path not in typed.untouched:
                clashes.append(Clash(path, kept.raw, text))
            continue
        try:
            filled.form.set(path, text)
        except StepRefused:
            # The entry was removed elsewhere: what was typed goes back to the person.
            if path not in typed.untouched:
                clashes.append(Clash(path, "", text))
    new = finish(filled, page=typed.page, act=act)
    keep_plans(filled, _plans(filled, typed.plans))
    return Saved(filled, tuple(clashes), new)


def _plans(filled: Filled, sent: Mapping[str, FindOut]) -> Mapping[str, FindOut]:
    """Those at questions of this form that offer "I don't know"."""
    states = {state.path: state for state in filled.form.states()} if sent else {}
    return {
        path: FindOut(plan.day[:LONGEST_DAY], plan.text[:LONGEST_PLAN])
        for path, plan in sent.items()
        if path in states and takes_plan(states[path])
    }


def _reply(filled: Filled, replies: Mapping[str, str], *, act: Act) -> None:
    threads = list_messages(filled.assignment.id) if any(replies.values()) else {}
    for path, text in replies.items():
        if text.strip() and path in threads:
            db.session.add(
                AnswerMessage(
                    organisation_id=filled.assignment.organisation_id,
                    respondent_organisation_id=filled.assignment.respondent_organisation_id,
                    assignment_id=filled.assignment.id,
                    path=path,
                    from_requester=False,
                    author_name=act.by.name,
                    text=text.strip()[:MAX_REPLY],
                    created_at=act.at,
                )
            )
