"""Submissions of phone apps: kept once by their instanceID, each for the questions it names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.adapters.installed import adapters
from ddplatform.adapters.uploads import check_upload
from ddplatform.languages import gettext
from ddplatform.models.answer_intake import AnswerIntake, IntakeWay
from ddplatform.queries.answer_intake import find_instance
from ddplatform.services import rate_limits
from ddplatform.services.answer_intake import keep_file
from ddplatform.services.response_drafts import open_draft
from questionnaires import Form
from questionnaires.answer_book_reading import BookRefused
from questionnaires.submission_files import KEPT_ROW, Brought, read_brought, read_kept
from questionnaires.submissions import Submission
from supply_chain.errors import FileRefused


def keep_submissions(
    assignment_id: UUID,
    *,
    filename: str,
    content: bytes,
    attachments: Mapping[str, bytes] | None = None,
    way: IntakeWay = IntakeWay.ODK,
    by: Identity,
    at: datetime,
) -> Sequence[AnswerIntake]:
    """Keep what a file of a phone app or its server holds, to be looked at before it counts.

    One that came before is given back as it stands. Where several submissions are in the file,
    those whose hidden field names other questions are left out.

    Raises:
        FileRefused: broken, foreign, or the same instanceID with another content.
        Conflict: the questions cannot be answered now.
        TooMany: too many uploads or attachments in an hour.
    """
    rate_limits.count_try(rate_limits.UPLOAD, str(by.user_id), at=at)
    filled = open_draft(assignment_id, at=at)
    try:
        brought = read_brought(filename, content, filled.form.form)
    except BookRefused as refused:
        raise FileRefused(
            refused.code, f"{filename}: {refused.message}", refused.advice
        ) from refused
    files = {**brought.files, **(attachments or {})}
    kept = [
        _keep(assignment_id, one, filename, filled.form.form, files, way, by=by, at=at)
        for one in _for_assignment(brought, assignment_id, filename)
    ]
    return kept


def _for_assignment(brought: Brought, assignment_id: UUID, filename: str) -> list[Submission]:
    """The submissions for these questions: those that name them, else those that name none."""
    mine = [one for one in brought.submissions if one.reference == str(assignment_id)]
    found = mine or [one for one in brought.submissions if not one.reference]
    if not found:
        raise FileRefused(
            "other_assignment",
            gettext("%(file)s: this submission names other questions.", file=filename),
            gettext("Upload it on the page of those questions."),
        )
    if len(found) > 1 and not mine:
        raise FileRefused(
            "several",
            gettext(
                "%(file)s holds %(count)s submissions, and none names these questions.",
                file=filename,
                count=len(found),
            ),
            gettext(
                "Upload the one that belongs here alone, or use the form downloaded on this page."
            ),
        )
    return found


def _keep(
    assignment_id: UUID,
    one: Submission,
    filename: str,
    form: Form,
    files: Mapping[str, bytes],
    way: IntakeWay,
    *,
    by: Identity,
    at: datetime,
) -> AnswerIntake:
    text = " ".join(one.texts.values())
    named = {n: part for n, part in files.items() if len(files) == 1 or n in text}
    for _name in named:  # a process of its own looks at each: no archive starts thousands of them
        rate_limits.count_try(rate_limits.ATTACHMENT, str(by.user_id), at=at)
    earlier = find_instance(assignment_id, one.instance_id)
    if earlier is not None:
        _require_same_answers(earlier, one, form)
        return _with_more(earlier, named, by=by)
    name = filename if one.content.lstrip()[:1] == b"<" else f"{one.instance_id}{KEPT_ROW}"
    intake = AnswerIntake(
        assignment_id=assignment_id,
        way=way,
        instance_id=one.instance_id,
        filename=name,
        attachments=[_attachment(n, part, by=by) for n, part in named.items()],
    )
    return keep_file(intake, one.content, by=by, at=at)


def _require_same_answers(earlier: AnswerIntake, one: Submission, form: Form) -> None:
    """A server writes more into a later export (who checked it); the answers are to be the same."""
    if earlier.sha256 == sha256(one.content).hexdigest():
        return
    content = adapters().files.get(earlier.organisation_id, earlier.sha256)
    if read_kept(earlier.filename, content, form).texts != one.texts:
        raise FileRefused(
            "instance_differs",
            gettext(
                "The submission %(number)s came already, with other answers.",
                number=one.instance_id,
            ),
            gettext("Finish it as a new form in the app, so that it gets a number of its own."),
        )


def _with_more(earlier: AnswerIntake, named: Mapping[str, bytes], *, by: Identity) -> AnswerIntake:
    """What came before, with attachments that an app sends by and by."""
    came = {kept["name"] for kept in earlier.attachments}
    more = [_attachment(name, part, by=by) for name, part in named.items() if name not in came]
    if more:
        earlier.attachments = [*earlier.attachments, *more]
    return earlier


def _attachment(name: str, part: bytes, *, by: Identity) -> dict[str, str]:
    """A file that came with a submission, checked and cleaned; or why it may not come in."""
    try:
        checked = check_upload(name, part)
    except FileRefused as refused:
        return {"name": name, "problem": f"{refused.message} {refused.advice}"}
    return {"name": name, "sha256": adapters().files.put(by.organisation_id, checked.content)}
