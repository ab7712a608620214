"""Tables of reports: built by a job, sealed once, immutable afterwards."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class ReportStatus(StrEnum):
    """States of the generation of a report."""

    QUEUED = "queued"
    BUILDING = "building"
    SEALED = "sealed"
    FAILED = "failed"


class Report(TenantScoped, Base):
    """A due-diligence report with its frozen facts. Append-only once sealed."""

    __tablename__ = "report"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("organisation_id", "number"),
        belongs_to("value_chain", "chain_id"),
        CheckConstraint("(sealed_at IS NULL) = (facts_sha256 IS NULL)", name="sealed_pair"),
    )
    is_append_only_when = "OLD.sealed_at IS NOT NULL"

    number: Mapped[int] = mapped_column(comment="From 1 in each organisation")
    definition_ref: Mapped[str]
    definition_version: Mapped[str]
    title: Mapped[str]
    audience: Mapped[str] = mapped_column(default="auditor", comment="Decides redaction")
    status: Mapped[ReportStatus] = mapped_column(default=ReportStatus.QUEUED)
    chain_id: Mapped[UUID]
    period_from: Mapped[date]
    period_to: Mapped[date]
    as_of: Mapped[date]
    job_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    facts_sha256: Mapped[str | None]
    files: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="format -> {sha256, size_bytes}"
    )
    method_version: Mapped[str | None]
    parameters_sha256: Mapped[str | None]
    release_name: Mapped[str | None]
    audit_size: Mapped[int | None]
    audit_root: Mapped[str | None]
    checkpoint: Mapped[str | None]
    gaps: Mapped[list[Any]] = mapped_column(default=list)
    failure: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    sealed_at: Mapped[datetime | None]
