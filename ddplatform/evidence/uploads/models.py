"""Tables of documents and their uses."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.core.due_diligence.upload_traces import UploadTraces, read_traces
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import SharedOnRelease
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class Confidentiality(StrEnum):
    """The people of the organisation who may open a document."""

    NORMAL = "normal"
    RESTRICTED = "restricted"


class Evidence(SharedOnRelease, Base):
    """One document, kept by the SHA-256 of its bytes; metadata of pictures is taken off."""

    __tablename__ = "evidence"
    __table_args__ = (
        tenant_key(),
        CheckConstraint("size_bytes > 0", name="size_positive"),
        Index("ix_evidence_expiry", "organisation_id", "valid_until", "id"),
    )

    sha256: Mapped[str]
    storage_organisation_id: Mapped[UUID] = mapped_column(comment="Whose folder holds the file")
    filename: Mapped[str] = mapped_column(comment="As the uploader called it; only ever text")
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    confidentiality: Mapped[Confidentiality] = mapped_column(default=Confidentiality.NORMAL)
    description: Mapped[str] = mapped_column(default="")
    is_stripped: Mapped[bool] = mapped_column(default=False, comment="Metadata was removed")
    traces: Mapped[dict[str, Any] | None] = mapped_column(
        comment="What may lead to a person (UploadTraces); none: not searched yet"
    )
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]
    redacted_at: Mapped[datetime | None] = mapped_column(
        comment="Words or areas were taken out of it, by the organisation that keeps it"
    )
    earlier_sha256: Mapped[list[str]] = mapped_column(
        default=list, comment="Of the bytes before each redaction, oldest first; they are gone"
    )
    content_removed_at: Mapped[datetime | None] = mapped_column(
        comment="The file was destroyed when its retention period ended"
    )

    @property
    def seen(self) -> UploadTraces | None:
        """Possible personal data in it; none before it is searched."""
        return read_traces(self.traces)


class EvidenceLink(SharedOnRelease, Base):
    """A use of a document: an answer, a finding, an action, a link, a review."""

    __tablename__ = "evidence_link"
    __table_args__ = (
        belongs_to("evidence", "evidence_id"),
        Index("ix_evidence_target", "organisation_id", "target_type", "target_id"),
    )

    evidence_id: Mapped[UUID]
    target_type: Mapped[str]
    target_id: Mapped[UUID]
    path: Mapped[str | None] = mapped_column(comment="Question of a response")
    created_at: Mapped[datetime]
