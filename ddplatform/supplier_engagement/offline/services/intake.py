"""Import of answer files: stored as received, compared, applied on request.

Answers are applied as from the page: invalid texts stay with their error, nothing is submitted.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import (
    CheckedFile,
    content_differs,
    require_harmless,
)
from ddplatform.infrastructure.db import begin_change, db
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.file_checks.office_properties import without_properties
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.offline.models import AnswerIntake, IntakeStatus, IntakeWay
from ddplatform.supplier_engagement.offline.queries import find_cells, get_intake
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    find_response,
    get_request,
    list_files,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services.drafts import (
    finish,
    open_draft,
)
from ddplatform.supplier_engagement.responses.services.responses import attach_checked
from questionnaires import Notice
from questionnaires.submissions.files import read_stored
from questionnaires.submissions.instance import compare
from questionnaires.submissions.kinds import fits
from questionnaires.workbook.changes import Judged, ReturnFault, judge, put
from questionnaires.workbook.reading import BookRefused, RawBook, pack_book, read_book, unpack_book
from questionnaires.workbook.returns import check_meta, read_meta, read_returned
from supply_chain.errors import FileRefused

EXCEL_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
MAX_NAME = 150
_PLACE = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Incoming:
    """The content of a file, beside the stored answers."""

    intake: AnswerIntake
    news: Sequence[Judged]
    faults: Sequence[ReturnFault]
    answers: int
    set_aside: Sequence[tuple[str, str]] = ()
    """Nodes that these questions do not have, with their texts."""
    recalculated: Sequence[tuple[str, str, str]] = ()
    """Values that the phone calculated differently: label, its value, ours."""
    awaited: Sequence[str] = ()
    """Names of attachments that did not come."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path -> names of the attachments that belong there."""

    @property
    def clashes(self) -> list[Judged]:
        """The answers that were changed here too since the file was made."""
        return [one for one in self.news if one.clashes]


@dataclass(frozen=True)
class Taken:
    """The result of an import."""

    filled: Filled
    changed: int
    faults: Sequence[ReturnFault]
    new_flags: Sequence[Notice]


def is_workbook(filename: str) -> bool:
    """Whether a file is meant as a workbook, by its name."""
    return PurePath(filename).suffix.lower() in EXCEL_ENDINGS


@dataclass(frozen=True)
class ReadBook:
    """A returned workbook whose cells were read, or why they were not."""

    filename: str
    content: bytes
    cells: RawBook | FileRefused


def read_returned_book(filename: str, content: bytes, *, declared: str = "", act: Act) -> ReadBook:
    """Read the cells of a workbook; it takes seconds, so best before `begin_change`.

    Args:
        declared: the media type that came with the file; empty where none did.

    Raises:
        TooMany: too many uploads in an hour.
    """
    rate_limits.require_left(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    try:
        with adapters().turns.take(act.by.user_id):
            cells = read_book(content)
            require_harmless(filename, content)
            if not fits(filename, content, declared):
                raise content_differs(filename)
    except BookRefused as refused:
        return ReadBook(filename, content, _refused(filename, refused))
    except FileRefused as refused:
        return ReadBook(filename, content, refused)
    return ReadBook(filename, content, cells)


def keep_book(
    assignment_id: UUID, book: ReadBook, *, brought_by: str = "", act: Act
) -> AnswerIntake:
    """Store a returned workbook with its cells, for review before it counts.

    Args:
        brought_by: who of the buyer brought it, where the supplier did not upload it itself.

    Raises:
        FileRefused: it is no workbook of these questions; nothing of it is kept.
        Conflict: the questions cannot be answered now.
        TooMany: too many uploads in an hour.
    """
    begin_change()
    rate_limits.count_try(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    filled = open_draft(assignment_id, at=act.at)
    if isinstance(book.cells, FileRefused):
        raise book.cells
    try:
        check_meta(read_meta(book.cells), assignment=str(assignment_id), response=filled.form)
    except BookRefused as refused:
        raise _refused(book.filename, refused) from refused
    return keep_file(
        AnswerIntake(
            assignment_id=assignment_id,
            way=IntakeWay.EXCEL,
            filename=book.filename,
            attachments=[],
            cells=pack_book(book.cells),
            brought_by=brought_by,
        ),
        book.content,
        act=act,
    )


def _refused(filename: str, refused: BookRefused) -> FileRefused:
    return FileRefused(refused.code, f"{filename}: {refused.message}", refused.advice)


def keep_file(intake: AnswerIntake, content: bytes, *, act: Act) -> AnswerIntake:
    """Keep a file with answers, less the properties of a workbook, with its event."""
    content = without_properties(content)
    intake.organisation_id = act.by.organisation_id
    intake.filename = intake.filename[-MAX_NAME:]
    intake.sha256 = adapters().files.put(act.by.organisation_id, content)
    intake.size_bytes = len(content)
    intake.created_at, intake.created_by_id = act.at, act.by.user_id
    db.session.add(intake)
    db.session.flush()  # the event and the next page name it
    audit.record(
        "answers:bring",
        intake,
        act=act,
        way=intake.way,
        sha256=intake.sha256,
        brought_by=intake.brought_by,
    )
    return intake


def look(assignment_id: UUID, intake_id: UUID, *, at: datetime) -> Incoming:
    """The changes in a pending file; nothing is changed."""
    request = get_request(assignment_id)
    row = find_response(assignment_id)
    if row is None:
        raise NotFound()
    intake = get_intake(assignment_id, intake_id)
    return _look(intake, load_filled(request.assignment, row, now=at, plan=request.plan))


def _look(intake: AnswerIntake, filled: Filled) -> Incoming:
    if intake.way is not IntakeWay.EXCEL:
        return _look_at_submission(intake, filled)
    light = filled.assignment.light_mode
    returned = read_returned(_book_of(intake), filled.form, light=light)
    news, faults = judge(filled.form, returned.changes)
    return Incoming(intake, news, (*returned.faults, *faults), returned.answers)


def _book_of(intake: AnswerIntake) -> RawBook:
    """The cells as they were read when the file came: no page starts the guarded child again."""
    cells = find_cells(intake.id)
    if cells is not None:
        return unpack_book(cells)
    return read_book(adapters().files.get(intake.organisation_id, intake.sha256))


def _look_at_submission(intake: AnswerIntake, filled: Filled) -> Incoming:
    content = adapters().files.get(intake.organisation_id, intake.sha256)
    found = read_stored(content, filled.form.form)
    compared = compare(found, filled.form, light=filled.assignment.light_mode)
    news, faults = judge(filled.form, compared.changes, has_base=False)
    came = {one["name"]: one for one in intake.attachments}
    refused = [
        ReturnFault(name, one["problem"], "") for name, one in came.items() if one.get("problem")
    ]
    named = [name for names in compared.files.values() for name in names.split(", ")]
    root = f"/{filled.form.form.root}/"
    return Incoming(
        intake,
        news,
        (*faults, *refused),
        len(compared.changes),
        set_aside=(
            *((path.removeprefix(root), text) for path, text in found.set_aside.items()),
            *compared.not_asked,
        ),
        recalculated=compared.recalculated,
        awaited=[name for name in named if name not in came],
        files=compared.files,
    )


def take(
    assignment_id: UUID,
    intake_id: UUID,
    *,
    overwrite: Collection[str] = (),
    leaves_clashes_open: bool = False,
    act: Act,
) -> Taken:
    """Take the answers of a file over, as if they were typed on the page.

    Args:
        overwrite: paths of answers that were changed here too, and where the file is right.
        leaves_clashes_open: the file goes on waiting while such answers are left.

    Raises:
        Conflict: it was taken over already, or the questions cannot be answered now.
    """
    intake = _waiting(assignment_id, intake_id)
    filled = open_draft(assignment_id, at=act.at)
    incoming = _look(intake, filled)
    chosen = [
        one.change for one in incoming.news if not one.clashes or one.change.path in overwrite
    ]
    faults = put(filled.form, chosen)
    _visit(filled, {change.path for change in chosen})
    flags = finish(filled, page=str(intake.id), act=act)
    db.session.flush()  # what is attached is evaluated with these answers
    attach_files(intake, incoming.files, act=act)
    left = leaves_clashes_open and len(incoming.clashes) > 0
    intake.taken_count += len(chosen)
    if not left:
        intake.status, intake.settled_at = IntakeStatus.TAKEN, act.at
    audit.record(
        "answers:take",
        intake,
        act=act,
        answers=len(chosen),
        waiting=left,
        brought_by=intake.brought_by,
    )
    return Taken(filled, len(chosen), faults, flags)


def _visit(filled: Filled, paths: set[str]) -> None:
    """Mark the sections of the answers as completed."""
    plain = {_PLACE.sub("", path) for path in paths}
    visited = list(filled.row.visited_sections)
    for section in filled.form.form.sections:
        is_new = section.name not in visited
        if is_new and any(question.path in plain for question in section.questions()):
            visited.append(section.name)
    filled.row.visited_sections = visited


def attach_files(
    intake: AnswerIntake, files: Mapping[str, str], *, but: Collection[str] = (), act: Act
) -> None:
    """Attach the files of a submission to its answers; existing ones stay as they are.

    Args:
        but: names of those that came before: a person may have removed them since.
    """
    came = {
        one["name"]: one
        for one in intake.attachments
        if not one.get("problem") and one["name"] not in but
    }
    row = find_response(intake.assignment_id)
    assert row is not None
    there = {path: {f.filename for f in found} for path, found in list_files(row.id).items()}
    documents = {
        path: [
            _checked(intake, came[name])
            for name in names.split(", ")
            if name in came and came[name]["filename"] not in there.get(path, set())
        ]
        for path, names in files.items()
    }
    if news := {path: found for path, found in documents.items() if found}:
        attach_checked(intake.assignment_id, news, act=act)


def _checked(intake: AnswerIntake, one: Mapping[str, Any]) -> CheckedFile:
    """An attachment as it was checked and counted when it came."""
    content = adapters().files.get(intake.organisation_id, one["sha256"])
    return CheckedFile(one["filename"], one["media_type"], content, one["is_stripped"])


def put_aside(assignment_id: UUID, intake_id: UUID, *, act: Act) -> None:
    """Leave a file out; it stays kept."""
    intake = _waiting(assignment_id, intake_id)
    intake.status, intake.settled_at = IntakeStatus.PUT_ASIDE, act.at
    audit.record("answers:put_aside", intake, act=act)


def _waiting(assignment_id: UUID, intake_id: UUID) -> AnswerIntake:
    get_request(assignment_id)
    intake = get_intake(assignment_id, intake_id, for_change=True)
    if intake.status is not IntakeStatus.WAITING:
        raise Conflict(
            gettext("The answers of this file were taken over or put aside already."),
            gettext("Upload the file again to look at it anew."),
        )
    return intake
