"""Submissions of phone apps: stored once by instanceID, each for the questions it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.storage.services import require_room
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import (
    CheckedFile,
    check_upload,
    content_differs,
    require_harmless,
)
from ddplatform.infrastructure.db import begin_change
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.offline.models import AnswerIntake, IntakeWay
from ddplatform.supplier_engagement.offline.queries import find_instance
from ddplatform.supplier_engagement.offline.services.intake import (
    is_workbook,
    keep_book,
    keep_file,
    read_returned_book,
)
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.responses.services.drafts import open_draft, require_draft
from questionnaires import Form
from questionnaires.submissions.books import is_book, is_own_book
from questionnaires.submissions.files import SubmissionFile, read_stored, read_submission_file
from questionnaires.submissions.instance import Submission
from questionnaires.submissions.kinds import fits, kind_by_name
from questionnaires.workbook.reading import BookRefused
from supply_chain.errors import FileRefused

SUBMISSION = "submission.xml"
"""The name of an app's submission."""
OTHER_FORM = "other_form"
"""The code of a submission that belongs to another form."""
MOST_ATTACHMENTS = 100
"""Of the submissions of one file: each is checked by a process of its own."""
MOST_TO_CHOOSE = 20
"""Submissions of a file that name no questions: a person reviews each and applies one."""


@dataclass(frozen=True)
class Sent:
    """The context of one file: channel, phone and attached files."""

    filename: str
    way: IntakeWay = IntakeWay.ODK
    phone: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    checked: Mapping[str, CheckedFile | FileRefused] = field(default_factory=dict)
    """What came of the check of each file."""
    declared: str = ""
    """The media type that was sent with the file."""


@dataclass(frozen=True)
class Again:
    """A repeated submission: its stored form, and whether this time brings a file."""

    intake: AnswerIntake
    came: frozenset[str]
    """Names of the attachments that came before."""
    has_news: bool


def find_again(
    assignment_id: UUID, content: bytes, attachments: Mapping[str, bytes]
) -> Again | None:
    """The submission that came before with the same answers, or None.

    Also where the answers were sent on meanwhile: an app that did not hear the first answer asks
    again, and must receive confirmation that all arrived.

    Raises:
        FileRefused: the same instanceID with other answers.
    """
    form = get_request(assignment_id).plan.form
    try:
        one = read_submission_file(SUBMISSION, content, form).submissions[0]
    except BookRefused:
        return None  # reported in words where it is stored
    earlier = find_instance(assignment_id, one.instance_id)
    if earlier is None:
        return None
    _require_same_answers(earlier, one, form)
    came = frozenset(kept["name"] for kept in earlier.attachments)
    return Again(earlier, came, has_news=not came.issuperset(_named(one, attachments)))


def keep_upload(
    assignment_id: UUID, *, filename: str, content: bytes, declared: str = "", act: Act
) -> Sequence[AnswerIntake]:
    """Keep a file that a person uploads: the workbook given out here, or submissions of an app.

    Args:
        declared: the media type that the browser sent with it; empty where it sent none.

    Raises:
        FileRefused, Conflict, TooMany: as `keep_book` and `keep_submissions`.
    """
    if is_own_book(content) or (is_workbook(filename) and not is_book(content)):
        require_draft(assignment_id)
        book = read_returned_book(filename, content, declared=declared, act=act)
        return [keep_book(assignment_id, book, act=act)]
    return keep_submissions(
        assignment_id, filename=filename, content=content, declared=declared, act=act
    )


def keep_submissions(
    assignment_id: UUID,
    *,
    filename: str,
    content: bytes,
    declared: str = "",
    attachments: Mapping[str, bytes] | None = None,
    way: IntakeWay = IntakeWay.ODK,
    phone: str = "",
    act: Act,
) -> Sequence[AnswerIntake]:
    """Store the content of a phone app's or its server's file, for review before it counts.

    One that came before is given back as it stands. Where several submissions are in the file,
    those whose hidden field names other questions are left out; where none names any, a person
    looks at each on its page and takes over the one that belongs here.

    Raises:
        FileRefused: broken, foreign, or the same instanceID with another content.
        Conflict: the questions cannot be answered now.
        TooMany: too many uploads or attachments in an hour.
    """
    sent = Sent(filename, way, phone, attachments or {}, declared=declared)
    rate_limits.require_left(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    form = require_draft(assignment_id).plan.form
    try:
        with adapters().turns.take(act.by.user_id):
            found, sent = _read(assignment_id, sent, content, form, act=act)
    finally:  # a file that is refused counts too
        begin_change()
        rate_limits.count_try(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    open_draft(assignment_id, at=act.at)
    named = [sent, *(replace(sent, filename=f"{filename} ({n})") for n in range(2, len(found) + 1))]
    return [
        _keep(assignment_id, one, file, form, act=act)
        for one, file in zip(found, named, strict=False)
    ]


def _read(
    assignment_id: UUID, sent: Sent, content: bytes, form: Form, *, act: Act
) -> tuple[list[Submission], Sent]:
    """The submissions of a file for these questions, and their attachments, each checked."""
    if kind_by_name(sent.filename) and not fits(sent.filename, content, sent.declared):
        raise content_differs(sent.filename)
    try:
        brought = read_submission_file(sent.filename, content, form)
    except BookRefused as refused:
        raise FileRefused(
            refused.code, f"{sent.filename}: {refused.message}", refused.advice
        ) from refused
    require_harmless(sent.filename, content)
    sent = replace(sent, files={**brought.files, **sent.files})
    if sent.way is IntakeWay.OPENROSA:
        _require_form(brought, form)
    found = _for_assignment(brought, assignment_id, sent)
    _require_few(found, sent)
    return found, replace(sent, checked=_checked(assignment_id, found, sent, form, act=act))


def _checked(
    assignment_id: UUID, found: Sequence[Submission], sent: Sent, form: Form, *, act: Act
) -> Mapping[str, CheckedFile | FileRefused]:
    """The attachments that are new, each by its name checked or refused.

    Each is looked at by a process of its own: where the files of one upload take too long
    together, those that are left are refused.
    """
    checked: dict[str, CheckedFile | FileRefused] = {}
    for one in found:
        for name, part in _named_now(assignment_id, one, sent, form).items():
            if name in checked:
                continue
            rate_limits.require_left(rate_limits.ATTACHMENT, str(act.by.user_id), at=act.at)
            try:
                with adapters().turns.take(act.by.user_id):
                    checked[name] = check_upload(name, part)
            except FileRefused as refused:
                checked[name] = refused
    return checked


def _named_now(assignment_id: UUID, one: Submission, sent: Sent, form: Form) -> Mapping[str, bytes]:
    """The files that a submission names, without those that came before with it."""
    named = _named(one, sent.files)
    earlier = find_instance(assignment_id, one.instance_id)
    if earlier is None:
        return named
    _require_same_answers(earlier, one, form)
    came = {kept["name"] for kept in earlier.attachments}
    return {name: part for name, part in named.items() if name not in came}


def _require_form(brought: SubmissionFile, form: Form) -> None:
    """An app has the form from here: another id is another form, though questions share paths.

    A file that a person uploads may come from a server that gave the form an id of its own.
    """
    for one in brought.submissions:
        if one.form_id != form.form_id:
            raise FileRefused(
                OTHER_FORM,
                gettext(
                    "This submission belongs to the form “%(theirs)s”, not to “%(ours)s”.",
                    theirs=one.form_id,
                    ours=form.form_id,
                ),
                gettext("Get the form of this address in the app, and send your answers with it."),
            )


def _require_few(found: Sequence[Submission], sent: Sent) -> None:
    """Refuse more attachments than one file may bring, before any of them is kept."""
    count = sum(len(_named(one, sent.files)) for one in found)
    if count > MOST_ATTACHMENTS:
        raise FileRefused(
            "too_many_attachments",
            gettext(
                "%(file)s holds %(count)s attachments; at most %(most)s come in with one file.",
                file=sent.filename,
                count=count,
                most=MOST_ATTACHMENTS,
            ),
            gettext("Leave some of them out, and add them on the page of their section."),
        )


def _named(one: Submission, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files that a submission names, or the only one there is."""
    text = " ".join(one.texts.values())
    return {name: part for name, part in files.items() if len(files) == 1 or name in text}


def _for_assignment(brought: SubmissionFile, assignment_id: UUID, sent: Sent) -> list[Submission]:
    """The submissions for these questions: those that name them, else those that name none."""
    mine = [one for one in brought.submissions if one.reference == str(assignment_id)]
    found = mine or [one for one in brought.submissions if not one.reference]
    if not found:
        raise FileRefused(
            "other_assignment",
            gettext("%(file)s: this submission names other questions.", file=sent.filename),
            gettext("Upload it on the page of those questions."),
        )
    most = 1 if sent.way is IntakeWay.OPENROSA else MOST_TO_CHOOSE
    if len(found) > most and not mine:
        raise FileRefused(
            "several",
            gettext(
                "%(file)s holds %(count)s submissions, and none names these questions.",
                file=sent.filename,
                count=len(found),
            ),
            gettext(
                "Upload the one that belongs here alone, or use the form downloaded on this page."
            ),
        )
    return found


def _keep(
    assignment_id: UUID, one: Submission, sent: Sent, form: Form, *, act: Act
) -> AnswerIntake:
    named = _named_now(assignment_id, one, sent, form)
    earlier = find_instance(assignment_id, one.instance_id)
    for _name in named:  # a process of its own looked at each: no archive starts thousands of them
        rate_limits.count_try(rate_limits.ATTACHMENT, str(act.by.user_id), at=act.at)
    attachments = [_attachment(name, sent.checked[name], act=act) for name in named]
    if earlier is not None:
        # An app sends them by and by.
        earlier.attachments = [*earlier.attachments, *attachments]
        return earlier
    intake = AnswerIntake(
        assignment_id=assignment_id,
        way=sent.way,
        instance_id=one.instance_id,
        filename=sent.filename,
        brought_by=sent.phone,
        attachments=attachments,
    )
    return keep_file(intake, one.content, act=act)


def _require_same_answers(earlier: AnswerIntake, one: Submission, form: Form) -> None:
    """A server writes more into a later export (who checked it); the answers are to be the same."""
    if earlier.sha256 == sha256(one.content).hexdigest():
        return
    content = adapters().files.get(earlier.organisation_id, earlier.sha256)
    if read_stored(content, form).texts != one.texts:
        raise FileRefused(
            "instance_differs",
            gettext(
                "The submission %(number)s came already, with other answers.",
                number=one.instance_id,
            ),
            gettext("Finish it as a new form in the app, so that it gets a number of its own."),
        )


def _attachment(name: str, checked: CheckedFile | FileRefused, *, act: Act) -> dict[str, Any]:
    """A file that came with a submission, checked and cleaned; or why it may not come in.

    The answers come in either way.
    """
    try:
        if isinstance(checked, FileRefused):
            raise checked
        require_room([len(checked.content)], act=act, of_organisation=False)
    except FileRefused as refused:
        return {"name": name, "problem": f"{refused.message} {refused.advice}"}
    return {
        "name": name,
        "sha256": adapters().files.put(act.by.organisation_id, checked.content),
        "filename": checked.filename,
        "media_type": checked.media_type,
        "is_stripped": checked.is_stripped,
    }
