"""Import of workbooks mailed back by suppliers, by the buyer and many at once.

A buyer never writes the answers of a supplier. Each workbook is read by itself and compared
with the answers it was exported with; its changes wait until the supplier reviews and applies them.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.accounts.storage.services import require_room
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import content_differs, require_no_virus
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import begin_change, db
from ddplatform.infrastructure.file_checks.office_properties import without_properties
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.supplier_engagement.library.queries import load_plan
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.offline.services.intake import keep_book, read_returned_book
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.responses.services.responses import start
from ddplatform.supplier_engagement.returned_books.models import (
    BookDelivery,
    BookOutcome,
    ReturnedBook,
)
from ddplatform.supplier_engagement.returned_books.queries import (
    AskedBook,
    count_outcomes,
    find_asked,
    find_handed_on,
    get_delivery,
    get_returned,
    list_unread,
    list_waiting,
)
from ddplatform.supplier_engagement.returned_books.services.mail import TELL
from questionnaires.submissions.kinds import hides_book
from questionnaires.workbook.alone import ReadAlone, read_alone
from questionnaires.workbook.changes import without_cells
from questionnaires.workbook.reading import BookRefused, RawBook, read_books, where
from questionnaires.workbook.returned_archive import Part, take_apart
from questionnaires.workbook.returns import read_meta
from supply_chain.errors import FileRefused

log = logging.getLogger(__name__)

READ = "answers:read_returned_books"
BATCH = 50
MOST_FAULTS = 40
"""Of one workbook: more are counted."""
MAX_NAME = 200

UNKNOWN = (
    lazy_gettext("This workbook belongs to no questionnaire that you sent."),
    lazy_gettext("Ask the supplier to upload it on the page of its own questions."),
)
CAME_ALREADY = (
    lazy_gettext("This workbook was uploaded before and has been passed on to the supplier."),
    lazy_gettext("No action is needed."),
)
_CLOSED: Mapping[State, tuple[str, str]] = {
    State.SENT: (
        lazy_gettext(
            "These questions were never opened, so no workbook of them can have been filled in."
        ),
        lazy_gettext("Ask the supplier to open the link of its mail first."),
    ),
    State.WITHDRAWN: (
        lazy_gettext("This questionnaire was withdrawn."),
        lazy_gettext("Send it again if you still need the answers."),
    ),
    State.EXPIRED: (
        lazy_gettext("This questionnaire expired."),
        lazy_gettext("Give it a new due date, then upload the workbook again."),
    ),
}
_SENT_ALREADY: tuple[str, str] = (
    lazy_gettext("The supplier has sent its answers already."),
    lazy_gettext(
        "Request clarification on the answers that changed, then upload the workbook again."
    ),
)
UNREADABLE = (
    lazy_gettext("This workbook could not be read."),
    lazy_gettext("Ask the supplier to upload it on the page of its own questions."),
)
_OPEN = frozenset({State.SENT, State.OPENED, State.RETURNED})
"""Where the supplier is known: expired questions are sent again when they get more time."""
_NOT_BEGUN = frozenset({State.SENT, State.RETURNED})


@dataclass(frozen=True)
class Verdict:
    """The outcome of one workbook."""

    outcome: BookOutcome
    asked: AskedBook | None = None
    changed: int = 0
    faults: Sequence[Mapping[str, str]] = ()


def bring(
    files: Sequence[tuple[str, bytes]], *, declared: Mapping[str, str] | None = None, act: Act
) -> BookDelivery:
    """Keep returned workbooks as they came, and have them read in the background.

    Args:
        files: names and bytes of workbooks, and of archives of them.
        declared: the media types that came with them, by name.

    Raises:
        FileRefused: no file, too many, too large, or no room for them; nothing is kept.
        TooMany: too many uploads in an hour.
    """
    assert act.by.user_id is not None
    rate_limits.require_left(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    try:
        with adapters().turns.take(act.by.user_id):
            for name, content in files:
                require_no_virus(name, content)
            parts = take_apart(files)
    except BookRefused as refused:
        raise FileRefused(refused.code, refused.message, refused.advice) from refused
    finally:  # an archive that is refused counts too
        begin_change()
        rate_limits.count_try(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    if not parts:
        raise FileRefused(
            "empty",
            gettext("There is no workbook in it."),
            gettext("Choose the workbooks (.xlsx)."),
        )
    parts = [replace(part, content=without_properties(part.content)) for part in parts]
    require_room([len(part.content) for part in parts], act=act)
    store = adapters().files
    sums = [store.put(act.by.organisation_id, part.content) for part in parts]
    delivery = BookDelivery(
        name=files[0][0][-MAX_NAME:],
        book_count=len(parts),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(delivery)
    db.session.flush()  # its books and its job name it
    _add_books(delivery, parts, sums, declared=declared or {}, by=act.by)
    delivery.job_id = jobs.enqueue(READ, {"delivery_id": str(delivery.id)}, act=act).id
    audit.record("returned_books:bring", delivery, act=act, books=len(parts))
    return delivery


def _add_books(
    delivery: BookDelivery,
    parts: Sequence[Part],
    sums: Sequence[str],
    *,
    declared: Mapping[str, str],
    by: Identity,
) -> None:
    """Rows of the files to be read, and of workbooks that are called something else, refused."""
    hidden = [hides_book(one.name, one.content, declared.get(one.name, "")) for one in parts]
    whose = f"{by.name}, {get_organisation(by.organisation_id).name}"
    insert_rows(
        ReturnedBook,
        [
            {
                "id": key,
                "delivery_id": delivery.id,
                "place": place,
                "filename": part.name[-MAX_NAME:],
                "sha256": digest,
                "size_bytes": len(part.content),
                "outcome": BookOutcome.REFUSED if is_hidden else BookOutcome.WAITING,
                "changed_count": 0,
                "faults": _differs(part.name) if is_hidden else [],
                "brought_by": whose,
                "brought_at": delivery.created_at,
            }
            for place, (key, part, digest, is_hidden) in enumerate(
                zip(rising_keys(len(parts)), parts, sums, hidden, strict=True)
            )
        ],
    )


def _differs(name: str) -> list[Mapping[str, str]]:
    refused = content_differs(name.rpartition("/")[2])
    return _told((refused.message, refused.advice))


def carry_out(
    delivery_id: UUID, *, look: Unit, unit: Unit, progress: Progress, act: Act
) -> dict[str, int]:
    """Read the workbooks of an upload batch by batch; begun again it goes on where it ended."""
    while True:
        with look():
            total = get_delivery(delivery_id).book_count
            batch = list_unread(delivery_id, limit=BATCH)
            left = count_outcomes(delivery_id)[BookOutcome.WAITING]
        progress(total - left, total)
        if not batch:
            break
        store = adapters().files
        raws = list(read_books(store.get(act.by.organisation_id, digest) for _, digest in batch))
        with look():
            verdicts = _judge(batch, raws, at=act.at)
        with unit():
            _settle(delivery_id, verdicts, act=act)
    with unit():
        delivery = get_delivery(delivery_id)
        delivery.read_at = delivery.read_at or act.at
        return {outcome.value: many for outcome, many in count_outcomes(delivery_id).items()}


def _judge(
    batch: Sequence[tuple[UUID, str]], raws: Iterable[RawBook | BookRefused], *, at: datetime
) -> dict[UUID, Verdict]:
    found = list(zip(batch, raws, strict=True))
    named = {key: _assignment_of(raw) for (key, _), raw in found}
    asked = find_asked({one for one in named.values() if one is not None})
    came = find_handed_on(asked)
    verdicts = {}
    for (key, digest), raw in found:
        assignment_id = named[key]
        one = asked.get(assignment_id) if assignment_id else None
        if isinstance(raw, BookRefused):
            verdicts[key] = _refused(None, (raw.message, raw.advice))
        elif one is not None and (one.id, digest) in came:
            verdicts[key] = Verdict(BookOutcome.NOTHING_NEW, one, faults=_told(CAME_ALREADY))
        else:
            verdicts[key] = _verdict(raw, one, at=at)
            if one is not None and verdicts[key].outcome is BookOutcome.HANDED_ON:
                came.add((one.id, digest))
    return verdicts


def _assignment_of(raw: RawBook | BookRefused) -> UUID | None:
    """The questionnaire that a workbook names in its hidden sheet, if it is one of ours."""
    try:
        return None if isinstance(raw, BookRefused) else UUID(read_meta(raw).facts["assignment"])
    except (BookRefused, KeyError, ValueError):
        return None


def _verdict(raw: RawBook, asked: AskedBook | None, *, at: datetime) -> Verdict:
    try:
        read_meta(raw)
        if asked is None:
            return _refused(None, UNKNOWN)
        if closed := _closed(asked):
            return _refused(asked, closed)
        plan = load_plan(asked.version_id)
    except BookRefused as refused:
        return _refused(asked, (refused.message, refused.advice))
    try:
        key = str(asked.id)
        read = read_alone(raw, plan, assignment=key, now=at, light=asked.light_mode)
    except BookRefused as refused:
        return _refused(asked, (refused.message, refused.advice))
    except Exception as error:  # what nobody foresaw of one workbook stops no other
        log.error("a returned workbook of %s could not be read: %s", key, where(error))
        return _refused(asked, UNREADABLE)
    return _verdict_of(read, asked)


def _closed(asked: AskedBook) -> tuple[str, str] | None:
    """Why these questions take no workbook now."""
    if asked.status in _OPEN and asked.respondent_organisation_id is not None:
        return None
    return _CLOSED.get(asked.status, _SENT_ALREADY)


def _verdict_of(read: ReadAlone, asked: AskedBook) -> Verdict:
    faults: list[Mapping[str, str]] = [
        {"place": one.place, "message": without_cells(one), "advice": one.advice}
        for one in read.faults
    ]
    if len(faults) > MOST_FAULTS:
        more = f"{len(faults) - MOST_FAULTS} more faults are in this workbook."
        faults = [*faults[:MOST_FAULTS], *_told((more, "The supplier sees them all."))]
    outcome = BookOutcome.HANDED_ON
    if not read.changed:
        outcome = BookOutcome.REFUSED if faults else BookOutcome.NOTHING_NEW
    return Verdict(outcome, asked, read.changed, faults)


def _refused(asked: AskedBook | None, words: tuple[str, str]) -> Verdict:
    return Verdict(BookOutcome.REFUSED, asked, faults=_told(words))


def _told(words: tuple[str, str]) -> list[Mapping[str, str]]:
    return [{"place": "", "message": str(words[0]), "advice": str(words[1])}]


def _settle(delivery_id: UUID, verdicts: dict[UUID, Verdict], *, act: Act) -> None:
    """Store the outcome of a batch; the supplier is notified of anything handed on.

    Another delivery may have brought the same workbook since it was judged, and another worker may
    have read this one: the questionnaires are held, and what is handed on is judged by them again.
    """
    asked = find_asked({one.asked.id for one in verdicts.values() if one.asked}, for_change=True)
    came = find_handed_on(asked)
    rows = list_waiting(verdicts)
    if not rows:
        return
    for row in rows:
        verdict = verdicts[row.id] = _judged_again(verdicts[row.id], row.sha256, asked, came)
        row.outcome, row.changed_count = verdict.outcome, verdict.changed
        row.faults = [dict(fault) for fault in verdict.faults]
        if verdict.asked is None:
            continue
        row.assignment_id = verdict.asked.id
        if verdict.outcome is BookOutcome.HANDED_ON:
            came.add((verdict.asked.id, row.sha256))
            row.respondent_organisation_id = verdict.asked.respondent_organisation_id
            payload = {"assignment_id": str(verdict.asked.id)}
            jobs.enqueue(TELL, payload, act=act, unique_key=f"{TELL}:{verdict.asked.id}")
    audit.record(
        "returned_books:read",
        get_delivery(delivery_id),
        act=act,
        books=len(rows),
        handed_on=[str(row.assignment_id) for row in rows if row.outcome is BookOutcome.HANDED_ON],
    )


def _judged_again(
    verdict: Verdict,
    digest: str,
    asked: Mapping[UUID, AskedBook],
    came: Collection[tuple[UUID, str]],
) -> Verdict:
    """The same verdict, unless another came first or the questions were closed meanwhile."""
    if verdict.asked is None or verdict.outcome is not BookOutcome.HANDED_ON:
        return verdict
    now = asked[verdict.asked.id]
    if closed := _closed(now):
        return _refused(now, closed)
    if (now.id, digest) in came:
        return Verdict(BookOutcome.NOTHING_NEW, now, faults=_told(CAME_ALREADY))
    return replace(verdict, asked=now)


def open_returned(assignment_id: UUID, book_id: UUID, *, act: Act) -> AnswerIntake:
    """Open a workbook imported by the buyer: from now on it is the supplier's own file.

    Questions that came back, or were sent again after they ran out, are opened by it.

    Raises:
        NotFound: no such workbook for these questions.
        FileRefused: it does not fit these questions any more.
        Conflict: the questions cannot be answered now.
        TooMany: too many uploads in an hour.
    """
    book = get_returned(assignment_id, book_id)
    content = adapters().files.get(book.organisation_id, book.sha256)
    read = read_returned_book(book.filename.rpartition("/")[2], content, act=act)
    begin_change()
    if get_request(assignment_id).assignment.status in _NOT_BEGUN:
        start(assignment_id, act=act)
    kept = keep_book(assignment_id, read, brought_by=book.brought_by, act=act)
    book.opened_at = book.opened_at or act.at
    return kept
