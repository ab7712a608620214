"""Tables of remediation cases about children.

No column here holds a name, a date of birth or a place smaller than a region; the content of a
case is encrypted with a key of that case. Rows with a `redacted_column` change in that column
alone, and only where `case_redaction` has a record of the new value.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key

MERGED, HANDED_OVER = "merged", "handed_over"
"""Steps of a case beside the protocol and its states: who holds it."""


class RemediationCase(TenantScoped, Base):
    """One case about one child, known by a random code (ST-IMPACT)."""

    __tablename__ = "remediation_case"
    __table_args__ = (
        tenant_key(),
        belongs_to("finding", "finding_id"),
        belongs_to("remediation_case", "merged_into_id"),
        CheckConstraint("merged_into_id IS NULL OR closed_at IS NOT NULL", name="merged_closed"),
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_pair"),
    )

    code: Mapped[str] = mapped_column(comment="Random; derived from nothing")
    finding_id: Mapped[UUID]
    status: Mapped[ImpactState] = mapped_column(default=ImpactState.ALLEGED)
    is_sensitive_class: Mapped[bool] = mapped_column(comment="SUPP-4: counts need ten")
    key_wrapped: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="Data key of the case; destroyed to erase"
    )
    key_version: Mapped[int] = mapped_column(default=1)
    sealed_facts: Mapped[bytes] = mapped_column(
        LargeBinary, comment="Age band, work class, danger, alert source, note"
    )
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    merged_into_id: Mapped[UUID | None] = mapped_column(comment="The case that goes on instead")
    removal_day: Mapped[date | None] = mapped_column(
        comment="Day on which the content is removed, as announced to the officers"
    )
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class CaseAssignment(TenantScoped, Base):
    """A person's access to a case: role (ROL-1, ROL-5) and end date."""

    __tablename__ = "case_assignment"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        UniqueConstraint("organisation_id", "case_id", "user_id"),
    )

    case_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    is_verifier: Mapped[bool] = mapped_column(default=False)
    access_until: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class RemediationStep(TenantScoped, Base):
    """One step taken in a case: REM-01..12 done, or a change of state."""

    __tablename__ = "remediation_step"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        Index("ix_step_case", "organisation_id", "case_id", "taken_at"),
    )
    is_append_only = True
    redacted_column = "sealed_note"

    case_id: Mapped[UUID]
    step: Mapped[str] = mapped_column(comment="REM-nn, the state entered, merged or handed_over")
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class SupportStatus(StrEnum):
    """States of a support item."""

    PLANNED = "planned"
    STARTED = "started"
    DELIVERED = "delivered"
    DROPPED = "dropped_reason"


class SupportItem(TenantScoped, Base):
    """Help agreed in a case (SUP-1..10) and its payer."""

    __tablename__ = "support_item"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        Index("ix_support_case", "organisation_id", "case_id"),
    )

    case_id: Mapped[UUID]
    item: Mapped[str] = mapped_column(comment="SUP-nn")
    payer: Mapped[str] = mapped_column(comment="us, supplier, shared, other buyer, public")
    amount: Mapped[int | None] = mapped_column(comment="Whole units of the currency")
    currency: Mapped[str | None]
    status: Mapped[SupportStatus] = mapped_column(default=SupportStatus.PLANNED)
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class CaseCriterion(TenantScoped, Base):
    """Whether a closure criterion (CLO-1..9) is met, with its basis."""

    __tablename__ = "case_criterion"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        Index("ix_criterion_case", "organisation_id", "case_id"),
    )
    is_append_only = True
    redacted_column = "sealed_basis"

    case_id: Mapped[UUID]
    criterion: Mapped[str] = mapped_column(comment="CLO-n")
    is_met: Mapped[bool]
    sealed_basis: Mapped[bytes | None] = mapped_column(LargeBinary)
    judged_at: Mapped[datetime]
    judged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class FollowUpVisit(TenantScoped, Base):
    """One follow-up visit of a case (REM-11): the answers of the case worker's form, sealed.

    One that is not recorded yet is still being written; what is recorded does not change.
    """

    __tablename__ = "follow_up_visit"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        UniqueConstraint("organisation_id", "case_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(recorded_at IS NULL) = (recorded_by_id IS NULL)", name="recorded_pair"),
    )
    is_append_only_when = "OLD.recorded_at IS NOT NULL"
    redacted_column = "sealed_answers"

    case_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(comment="Counts from 1 in each case")
    form_version: Mapped[str] = mapped_column(comment="Version of the questionnaire REM")
    sealed_answers: Mapped[bytes] = mapped_column(LargeBinary, comment="Answers by path")
    recorded_at: Mapped[datetime | None]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class CaseAccess(TenantScoped, Base):
    """One reading of a case: shown on the case itself."""

    __tablename__ = "case_access"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        Index("ix_access_case", "organisation_id", "case_id", "read_at"),
    )
    is_append_only = True

    case_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    purpose: Mapped[str]
    read_at: Mapped[datetime]
