"""Documents: upload, attachment, release, withdrawal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.storage.services import require_room
from ddplatform.audit.services import log as audit
from ddplatform.evidence.search import services as evidence_search
from ddplatform.evidence.uploads.models import Confidentiality, Evidence, EvidenceLink
from ddplatform.evidence.uploads.queries.documents import READ, list_links_of_evidence
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import CheckedFile, check_upload
from ddplatform.infrastructure.db import Base, begin_change, db
from ddplatform.infrastructure.errors import Busy, Conflict, Invalid, NotAllowed, TooMany
from ddplatform.languages import gettext
from supply_chain.errors import FileRefused


@dataclass(frozen=True)
class SentFile:
    """A file as sent, with the result of its search, where that is done."""

    filename: str
    content: bytes
    examined: CheckedFile | FileRefused | None = None


def examine(filename: str, content: bytes, *, act: Act) -> CheckedFile | FileRefused:
    """Check, clean and search one file, or refuse it with a reason; nothing is stored yet.

    It takes seconds. Before `begin_change` nobody waits for SQLite's write lock meanwhile. Where
    too many files are read at this moment, the refusal is `Busy`.

    Raises:
        TooMany: too many uploads in an hour.
    """
    rate_limits.require_left(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    try:
        with adapters().turns.take(act.by.user_id):
            checked = check_upload(filename, content)
            return replace(checked, traces=evidence_search.search_at_once(checked))
    except FileRefused as refused:
        return refused


def examine_all(files: Iterable[tuple[str, bytes]], *, act: Act) -> list[SentFile]:
    """The files of one upload, each examined, in one turn for all of them.

    Beyond the limit of uploads a file is not examined; taking it in says so.
    """
    sent = [SentFile(name, content) for name, content in files]
    if not sent:
        return sent
    try:
        with adapters().turns.take(act.by.user_id):
            return [replace(one, examined=_examined(one, act=act)) for one in sent]
    except Busy as busy:
        return [replace(one, examined=busy) for one in sent]


def _examined(one: SentFile, *, act: Act) -> CheckedFile | FileRefused | None:
    try:
        return examine(one.filename, one.content, act=act)
    except TooMany:
        return None


def take_in(
    *,
    filename: str,
    content: bytes,
    examined: CheckedFile | FileRefused | None = None,
    act: Act,
    owner_organisation_id: UUID | None = None,
    respondent_organisation_id: UUID | None = None,
    description: str = "",
    confidentiality: Confidentiality = Confidentiality.NORMAL,
    issued_on: date | None = None,
    valid_until: date | None = None,
) -> Evidence:
    """Check, clean, search and keep one document.

    Args:
        examined: what came of `examine`, where that was done before the change began.
        owner_organisation_id: the requester, where a supplier adds it for somebody else.
        respondent_organisation_id: the supplier, who alone sees it until it is released.

    Raises:
        FileRefused: the file may not come in; says why and how to mend it.
            Also where there is no room for it (`accounts/storage`).
        TooMany: too many uploads in an hour.
        Invalid: it ends before it begins.
    """
    if issued_on is not None and valid_until is not None and valid_until < issued_on:
        raise Invalid(fields={"valid_until": gettext("Choose a day after the day of issue.")})
    found = examine(filename, content, act=act) if examined is None else examined
    if isinstance(found, Busy):
        raise found
    begin_change()
    rate_limits.count_try(rate_limits.UPLOAD, str(act.by.user_id), at=act.at)
    if isinstance(found, FileRefused):
        raise found
    is_own = owner_organisation_id in (None, act.by.organisation_id)
    require_room([len(found.content)], act=act, of_organisation=is_own)
    return keep_checked(
        found,
        act=act,
        owner_organisation_id=owner_organisation_id,
        respondent_organisation_id=respondent_organisation_id,
        description=description,
        confidentiality=confidentiality,
        issued_on=issued_on,
        valid_until=valid_until,
    )


def keep_checked(
    checked: CheckedFile,
    *,
    act: Act,
    owner_organisation_id: UUID | None = None,
    **more: Any,
) -> Evidence:
    """Keep one document that was checked, cleaned and counted when it came in.

    One that was not searched yet is left to the worker.

    Args:
        more: other columns of the document.
    """
    keeper = owner_organisation_id or act.by.organisation_id
    evidence = Evidence(
        organisation_id=keeper,
        sha256=adapters().files.put(keeper, checked.content),
        storage_organisation_id=keeper,
        filename=checked.filename,
        media_type=checked.media_type,
        size_bytes=len(checked.content),
        is_stripped=checked.is_stripped,
        traces=checked.traces,
        created_at=act.at,
        created_by_id=act.by.user_id,
        **more,
    )
    db.session.add(evidence)
    db.session.flush()  # links and the event name it
    evidence_search.search_if_waiting(evidence, act=act)
    audit.record("evidence:add", evidence, act=act, sha256=evidence.sha256)
    return evidence


def attach(
    evidence: Evidence,
    target: Base,
    *,
    at: datetime,
    path: str | None = None,
) -> EvidenceLink:
    """Record a use of a document. The event of the change that uses it mentions it."""
    link = EvidenceLink(
        organisation_id=evidence.organisation_id,
        respondent_organisation_id=evidence.respondent_organisation_id,
        is_released=evidence.is_released,
        evidence_id=evidence.id,
        target_type=target.__tablename__,
        target_id=target.id,
        path=path,
        created_at=at,
    )
    db.session.add(link)
    return link


def release(evidence: Evidence) -> None:
    """Let the requester read a document of the respondent, with its uses."""
    evidence.is_released = True
    for link in list_links_of_evidence(evidence.id):
        link.is_released = True


def withdraw(evidence: Evidence, *, act: Act, reason: str) -> None:
    """Take a document out of use. It stays in the store, since the log names it.

    Raises:
        Conflict: it is withdrawn already, or the requester has it.
        NotAllowed: somebody else added it, and this person does not keep documents.
        Invalid: no reason.
    """
    if evidence.withdrawn_at is not None:
        raise Conflict(gettext("This document was withdrawn already."))
    if _is_sent(evidence, act.by):
        raise Conflict(
            gettext("The organisation that asked for this document already has it."),
            gettext("Send a newer one, and say there what is wrong with this one."),
        )
    if not may_withdraw(evidence, by=act.by):
        raise NotAllowed(
            gettext(
                "Only the person who added a document or a person who manages "
                "documents can withdraw it."
            ),
            gettext("A sustainability manager can do this."),
        )
    if not reason.strip():
        raise Invalid(fields={"reason": gettext("Give the reason for the withdrawal.")})
    evidence.withdrawn_at = act.at
    audit.record("evidence:withdraw", evidence, act=act, reason=reason.strip())


def may_withdraw(evidence: Evidence, *, by: Identity) -> bool:
    """Whether this person may withdraw a document: not when a buyer relies on it."""
    keeps = evidence.created_by_id == by.user_id or by.has(Permission.EVIDENCE_RESTRICTED)
    return keeps and not _is_sent(evidence, by)


def _is_sent(evidence: Evidence, by: Identity) -> bool:
    return evidence.is_released and by.organisation_id != evidence.organisation_id


def read(evidence: Evidence, *, act: Act) -> bytes:
    """The bytes of a document; each reading of one is an event.

    Raises:
        Conflict: its file was destroyed when its retention period ended.
    """
    require_bytes(evidence)
    audit.record(READ, evidence, act=act)
    return adapters().files.get(evidence.storage_organisation_id, evidence.sha256)


def require_bytes(evidence: Evidence) -> None:
    """Refuse what needs the file of a document whose retention period has ended.

    Raises:
        Conflict: the file was destroyed.
    """
    if evidence.content_removed_at is not None:
        raise Conflict(
            gettext("The retention period of this document has ended, and its file was deleted."),
            gettext("Its uses and its checksum are kept."),
        )
