"""Queries of documents and their uses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, null, select, tuple_

from ddplatform.accounts.organisations.models import User
from ddplatform.audit.models import AuditEvent, Outcome
from ddplatform.evidence.uploads.models import Confidentiality, Evidence, EvidenceLink
from ddplatform.evidence.uploads.queries.targets import list_records
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound

PAGE_SIZE = 50
READ = "evidence:read"
"""The event of a reading of a document."""


@dataclass(frozen=True)
class DocumentRow:
    """One document in a list."""

    id: UUID
    filename: str
    media_type: str
    size_bytes: int
    description: str
    confidentiality: Confidentiality
    valid_until: date | None
    created_at: datetime
    created_by: str | None
    uses: int
    sha256: str


_USES = (
    select(func.count())
    .select_from(EvidenceLink)
    .where(EvidenceLink.evidence_id == Evidence.id)
    .correlate(Evidence)
    .scalar_subquery()
)


def list_documents(
    *,
    with_restricted: bool,
    search: str = "",
    expires_before: date | None = None,
    unused: bool = False,
    used_for: str = "",
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[DocumentRow]:
    """Documents in use, newest first; `before` is the last row of the page before.

    Args:
        with_restricted: whether the reader may see restricted documents.
        used_for: name of the table of what they are attached to.
    """
    statement = _select_documents().limit(limit)
    if not with_restricted:
        statement = statement.where(Evidence.confidentiality == Confidentiality.NORMAL)
    if search:
        statement = statement.where(
            Evidence.filename.icontains(search, autoescape=True)
            | Evidence.description.icontains(search, autoescape=True)
        )
    if expires_before is not None:
        statement = statement.where(Evidence.valid_until < expires_before)
    if unused:
        statement = statement.where(_USES == 0)
    if used_for:
        links = select(EvidenceLink.evidence_id).where(EvidenceLink.target_type == used_for)
        statement = statement.where(Evidence.id.in_(links))
    if before is not None:
        statement = statement.where(tuple_(Evidence.created_at, Evidence.id) < tuple_(*before))
    return [DocumentRow(**row._mapping) for row in db.session.execute(statement)]


def _select_documents() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Evidence.id,
            Evidence.filename,
            Evidence.media_type,
            Evidence.size_bytes,
            Evidence.description,
            Evidence.confidentiality,
            Evidence.valid_until,
            Evidence.created_at,
            User.name.label("created_by"),
            _USES.label("uses"),
            Evidence.sha256,
        )
        .outerjoin(User, User.id == Evidence.created_by_id)
        .where(Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.created_at.desc(), Evidence.id.desc())
    )


def get_evidence(evidence_id: UUID, *, with_restricted: bool) -> Evidence:
    """The document, or NotFound; restricted ones are absent for who may not read them."""
    # A select, not a look into the session: what is not released must not be found there.
    found = db.session.scalar(select(Evidence).where(Evidence.id == evidence_id))
    hidden = found is not None and (
        found.confidentiality is Confidentiality.RESTRICTED and not with_restricted
    )
    if found is None or hidden:
        raise NotFound()
    return found


def find_in_use(evidence_id: UUID) -> Evidence | None:
    """The document; None where it is gone or was withdrawn."""
    # A select, not a look into the session: what is withheld by now must not be found there.
    return db.session.scalar(
        select(Evidence).where(Evidence.id == evidence_id, Evidence.withdrawn_at.is_(None))
    )


def find_redacted(sha256: str) -> Evidence | None:
    """A document that had these bytes before something was taken out of it."""
    rows = db.session.execute(
        select(Evidence.id, Evidence.earlier_sha256)
        .where(Evidence.redacted_at.is_not(None))
        .order_by(Evidence.redacted_at, Evidence.id)
    )
    found = next((key for key, earlier in rows if sha256 in earlier), None)
    return None if found is None else get_evidence(found, with_restricted=True)


def find_last_reading(evidence_id: UUID, user_id: UUID | None) -> datetime | None:
    """The last time this person opened a document, from the log."""
    return db.session.scalar(
        select(func.max(AuditEvent.at)).where(
            AuditEvent.action == READ,
            AuditEvent.target_id == str(evidence_id),
            AuditEvent.actor_id == user_id,
            AuditEvent.outcome == Outcome.DONE,
        )
    )


def list_links_of_evidence(evidence_id: UUID) -> Sequence[EvidenceLink]:
    """The uses of a document, oldest first."""
    return db.session.scalars(
        select(EvidenceLink)
        .where(EvidenceLink.evidence_id == evidence_id)
        .order_by(EvidenceLink.created_at, EvidenceLink.id)
    ).all()


def list_links_to(target_type: str, target_id: UUID) -> Sequence[tuple[EvidenceLink, Evidence]]:
    """The links of one row, oldest first: each with its document, in use or not."""
    rows = db.session.execute(
        select(EvidenceLink, Evidence)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(EvidenceLink.target_type == target_type, EvidenceLink.target_id == target_id)
        .order_by(EvidenceLink.created_at, EvidenceLink.id)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class DocumentUse:
    """One use of a document; `title` where it is a record visible to this tenant."""

    target_type: str
    target_id: UUID
    path: str | None
    created_at: datetime
    title: str | None
    owner_id: UUID | None
    """The owner of the record: an action can be another organisation's that asked for it."""


def list_uses(evidence_id: UUID) -> Sequence[DocumentUse]:
    """The uses of a document, oldest first, with the titles of accessible records."""
    titles = [record.title for record in list_records()]
    statement = select(
        EvidenceLink.target_type,
        EvidenceLink.target_id,
        EvidenceLink.path,
        EvidenceLink.created_at,
        func.coalesce(*titles, null()),
        func.coalesce(*(title.class_.organisation_id for title in titles), null()),
    )
    for title in titles:
        statement = statement.outerjoin(title.class_, title.class_.id == EvidenceLink.target_id)
    rows = db.session.execute(
        statement.where(EvidenceLink.evidence_id == evidence_id).order_by(
            EvidenceLink.created_at, EvidenceLink.id
        )
    ).all()
    return [DocumentUse(*row) for row in rows]


def list_evidence_of(
    target_type: str, target_id: UUID, *, with_restricted: bool
) -> Sequence[tuple[Evidence, str | None]]:
    """The documents of one finding, action, response or other row, with the question of each.

    Args:
        with_restricted: whether the reader may see restricted documents.
    """
    statement = (
        select(Evidence, EvidenceLink.path)
        .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
        .where(
            EvidenceLink.target_type == target_type,
            EvidenceLink.target_id == target_id,
            Evidence.withdrawn_at.is_(None),
        )
        .order_by(EvidenceLink.created_at, EvidenceLink.id)
    )
    if not with_restricted:
        statement = statement.where(Evidence.confidentiality == Confidentiality.NORMAL)
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def count_documents_of(target_ids: Collection[UUID]) -> int:
    """The number of documents in use attached to any of these rows."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(Evidence.id)))
            .join(EvidenceLink, EvidenceLink.evidence_id == Evidence.id)
            .where(EvidenceLink.target_id.in_(target_ids), Evidence.withdrawn_at.is_(None))
        )
        or 0
    )
