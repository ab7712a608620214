"""Own forms of an organisation: check, drafts, changes, publication, retirement."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePath
from uuid import UUID
from zipfile import ZipFile

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.storage.services import require_room
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import CheckedFile, require_harmless
from ddplatform.infrastructure.db import begin_change, db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.file_checks.office_properties import without_properties
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.supplier_engagement.library.models import (
    OwnForm,
    OwnFormDraft,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.library.queries import plan_of
from ddplatform.supplier_engagement.own_forms.queries.forms import (
    get_draft,
    get_own_form,
    list_published,
)
from ddplatform.supplier_engagement.own_forms.queries.media import MediaFile, list_media
from ddplatform.supplier_engagement.own_forms.services.media import Uploaded, check_all, chosen
from questionnaires import Form, FormReport, check_form
from questionnaires.checking.apart import check_form_apart
from questionnaires.form.sheet_edits import EditRefused, change_row, move_row
from questionnaires.submissions.archives import CUT_OFF, UnpacksToTooMuch, unpack
from questionnaires.workbook.reading import BookRefused
from supply_chain.errors import FileRefused

MAX_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_UNPACKED = 60 * 1024 * 1024
KINDS = (".xlsx", ".xls", ".csv", ".md")
LONGEST_TITLE = 200
_MACROS = b"vbaProject.bin"
_BROKEN = lazy_gettext("This workbook cannot be opened; it may be cut off. Save it again as .xlsx.")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")


@dataclass(frozen=True)
class ImportedForm:
    """The result of an upload: the report, and the form if it can be used.

    `unnamed`: files that were given along and that no label of the form names; not kept.
    """

    report: FormReport
    form: OwnForm | None
    unnamed: Sequence[str] = ()


def bring_in(
    filename: str, data: bytes, *, act: Act, form_id: UUID | None = None, media: Uploaded = ()
) -> ImportedForm:
    """Check a form and store it as a draft; with errors, only a full report is returned.

    Args:
        form_id: the form this is another draft of; None for a new one.
        media: names and bytes of the pictures, sounds and films of its labels, or archives of
            them; those of the draft before stay where no newer one has their name.

    Raises:
        Invalid: at `file`: the kind, the size or macros; at `media`: what may not come in.
        NotFound: no such form.
        TooMany: too many uploads in an hour.
    """
    form = get_own_form(form_id) if form_id else None
    rate_limits.require_left(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    before = list_media(get_draft(form.id)) if form else ()
    try:
        with adapters().turns.take(act.by.user_id):
            kind = _kind_of(filename, data)
            require_harmless(filename, data)
            new = check_all(media)
            given = {*new, *(one.name for one in before)}
            name = PurePath(filename).name[:LONGEST_TITLE]
            report = _strict(check_form_apart(data, kind, name=name, given=given))
    except FileRefused as refused:
        raise Invalid(fields={"file": f"{refused.message} {refused.advice}"}) from refused
    finally:
        begin_change()
        if media:
            rate_limits.count_try(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    if not report.usable:
        return ImportedForm(report, None)
    if form_id:
        form = get_own_form(form_id)
    if form is None:
        form = OwnForm(title="", created_at=act.at, created_by_id=act.by.user_id)
        db.session.add(form)
        db.session.flush()  # the draft names it
    note = f"Uploaded as {report.form}"
    kept_form = without_properties(data)
    draft = _keep(form, kept_form, kind, report, note, new=new, before=before, act=act)
    audit.record("own_form:upload", form, act=act, file=report.form, title=form.title)
    kept = {one.name for one in list_media(draft)}
    return ImportedForm(report, form, sorted(set(new) - kept))


def _strict(report: FormReport) -> FormReport:
    """The report of a form, in which unscorable parts count as errors."""
    faults = tuple(replace(f, level="error") if f.code == "scoring" else f for f in report.faults)
    usable = not any(fault.level == "error" for fault in faults)
    return replace(report, faults=faults, usable=usable)


def _kind_of(filename: str, data: bytes) -> str:
    kind = PurePath(filename).suffix.lower()
    if kind == ".xlsm" or _MACROS in data:
        words = gettext("This workbook holds macros. Save it as .xlsx without them.")
        raise Invalid(fields={"file": words})
    if kind not in KINDS:
        words = gettext("Choose a form as %(kinds)s.", kinds=", ".join(KINDS))
        raise Invalid(fields={"file": words})
    if len(data) > MAX_BYTES:
        words = gettext("The form is larger than %(size)s MB.", size=MAX_BYTES // 1024**2)
        raise Invalid(fields={"file": words})
    if not data:
        raise Invalid(fields={"file": gettext("The file is empty. Choose it again.")})
    if kind != ".xls" and _rows_in(data) > MOST_ROWS:
        words = gettext(
            "The form has more than %(number)s rows: shorten its lists.", number=f"{MOST_ROWS:,}"
        )
        raise Invalid(fields={"file": words})
    return kind


def _rows_in(data: bytes) -> int:
    """How many rows a form has, before it is read; too many where a workbook unpacks to too much.

    Reading takes a third of a millisecond a row, so that this bounds the time of an upload. The
    reader opens what was unpacked here to its end, and nothing else.
    """
    try:
        book = ZipFile(BytesIO(data))
    except CUT_OFF:
        return data.count(b"\n")  # a table, or no form at all: the reader says so
    try:
        with book:
            return _rows_in_parts(book)
    except UnpacksToTooMuch:
        return MOST_ROWS + 1
    except BookRefused as refused:
        words = gettext("Save it again as .xlsx.")
        raise Invalid(fields={"file": f"{refused.message} {words}"}) from None
    except CUT_OFF:
        raise Invalid(fields={"file": str(_BROKEN)}) from None


def _rows_in_parts(book: ZipFile) -> int:
    """Rows in all parts: any may be a sheet, with a prefix of its own, in letters of two bytes."""
    room, rows = MOST_UNPACKED, 0
    for part in book.infolist():
        content = unpack(book, part, room)
        room -= len(content)
        rows += len(_ROW.findall(content.replace(b"\0", b"")))
    return rows


def _keep(
    form: OwnForm,
    data: bytes,
    kind: str,
    report: FormReport,
    note: str,
    *,
    new: Mapping[str, CheckedFile],
    before: Iterable[MediaFile],
    act: Act,
) -> OwnFormDraft:
    """Add a draft behind those there are; the title is the one the form gives itself.

    Args:
        new, before: files that came with it, and those of the draft before.
    """
    number = get_draft(form.id).number + 1 if form.title else 1
    draft = OwnFormDraft(
        form_id=form.id,
        number=number,
        definition=data,
        media_type=kind.removeprefix("."),
        checksum=hashlib.sha256(data).hexdigest(),
        question_count=report.questions,
        note=note,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    planned = plan_of(draft).form
    require_room([len(one.content) for one in new.values()], act=act)
    draft.media = [one.as_kept() for one in chosen(planned, new, before, by=act.by)]
    db.session.add(draft)
    form.title = (planned.title or planned.form_id or report.form)[:LONGEST_TITLE]
    return draft


def change_question(
    form_id: UUID, name: str, texts: Mapping[str, str], *, number: int, act: Act
) -> OwnFormDraft:
    """Write other words for a question, or whether it is required: a new draft.

    Args:
        texts: heading -> text.
        number: the draft that was shown; another one since then is a conflict.

    Raises:
        Invalid: the form could not be used any more; the fault is named.
        Conflict: somebody changed the form meanwhile.
        NotFound: no such form or question.
    """
    draft = _newest(form_id, number)
    kind = f".{draft.media_type}"
    data = _edited(lambda: change_row(draft.definition, kind, name, texts))
    return _keep_edited(form_id, data, f"Changed {name}", act=act)


def move_question(form_id: UUID, name: str, *, up: bool, number: int, act: Act) -> OwnFormDraft:
    """Put a question one place higher or lower in its group: a new draft. Raises as above."""
    draft = _newest(form_id, number)
    kind = f".{draft.media_type}"
    data = _edited(lambda: move_row(draft.definition, kind, name, up=up))
    return _keep_edited(form_id, data, f"Moved {name} {'up' if up else 'down'}", act=act)


def _newest(form_id: UUID, number: int) -> OwnFormDraft:
    get_own_form(form_id)
    draft = get_draft(form_id)
    if draft.number != number:
        raise Conflict(
            gettext(
                "The form was changed meanwhile: draft %(newest)s is the newest, "
                "draft %(shown)s was shown.",
                newest=draft.number,
                shown=number,
            ),
            gettext("Open the page again and make the change there."),
        )
    return draft


def _edited(edit: Callable[[], bytes]) -> bytes:
    try:
        return edit()
    except EditRefused as refused:
        words = gettext("Open the form again and choose another question.")
        raise Conflict(str(refused), words) from None


def _keep_edited(form_id: UUID, data: bytes, note: str, *, act: Act) -> OwnFormDraft:
    form = get_own_form(form_id)
    before = list_media(get_draft(form_id))
    given = [one.name for one in before]
    report = _strict(check_form(data, ".xlsx", name=form.title, given=given))
    if not report.usable:
        fault = next(fault for fault in report.faults if fault.level == "error")
        raise Invalid(fields={fault.column or "label": f"{fault.message} {fault.mend}"})
    draft = _keep(form, data, ".xlsx", report, note, new={}, before=before, act=act)
    audit.record("own_form:edit", form, act=act, draft=draft.number, change=note)
    return draft


def publish(form_id: UUID, *, number: int, act: Act) -> QuestionnaireVersion:
    """Publish the newest draft as a version: it can be sent, and never changes from now on.

    Raises:
        Conflict: it is published already, or somebody changed the form meanwhile.
        NotFound: no such form.
    """
    draft = _newest(form_id, number)
    form = get_own_form(form_id)
    before = list_published(form)
    if before and is_same(draft, before[0]) and form.retired_at is None:
        raise Conflict(
            gettext(
                "Draft %(number)s is published already, as version %(version)s.",
                number=number,
                version=before[0].version,
            ),
            gettext("Change the form first, or send the existing version."),
        )
    questionnaire = _questionnaire_of(form, plan_of(draft).form)
    version = QuestionnaireVersion(
        questionnaire_id=questionnaire.id,
        version=str(_next_version(before)),
        definition=draft.definition,
        media_type=draft.media_type,
        checksum=draft.checksum,
        question_count=draft.question_count,
        published_at=act.at,
        is_own=True,
        media=draft.media,
    )
    db.session.add(version)
    form.retired_at = None
    db.session.flush()  # the address of the next page names it
    audit.record(
        "own_form:publish",
        form,
        act=act,
        draft=number,
        version=version.version,
        checksum=version.checksum,
    )
    return version


def is_same(draft: OwnFormDraft, version: QuestionnaireVersion) -> bool:
    """Whether a draft has the same content and files as a version."""
    return draft.checksum == version.checksum and draft.media == version.media


def _next_version(before: Sequence[QuestionnaireVersion]) -> int:
    return max((int(version.version) for version in before), default=0) + 1


def _questionnaire_of(form: OwnForm, planned: Form) -> Questionnaire:
    questionnaire = None
    if form.questionnaire_id:
        questionnaire = db.session.get(Questionnaire, form.questionnaire_id)
    if questionnaire is None:
        questionnaire = Questionnaire(ref=f"OWN-{form.id.hex[:12].upper()}", is_own=True)
        db.session.add(questionnaire)
    questionnaire.title = form.title
    questionnaire.description = "; ".join(s.label.plain() for s in planned.sections if s.label)
    db.session.flush()  # the form and the version need its key
    form.questionnaire_id = questionnaire.id
    return questionnaire


def retire(form_id: UUID, *, act: Act) -> None:
    """Offer a form for sending no longer; sent ones continue, and nothing is deleted.

    Raises:
        Conflict: it is not published, or retired already.
        NotFound: no such form.
    """
    form = get_own_form(form_id)
    if form.questionnaire_id is None or form.retired_at is not None:
        raise Conflict(
            gettext("Only a published form can be retired."),
            gettext("Only your colleagues see a draft."),
        )
    form.retired_at = act.at
    audit.record("own_form:retire", form, act=act, title=form.title)
