"""Tables of who holds a case besides those assigned to it: handovers and emergency access."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to


class CaseHandover(TenantScoped, Base):
    """One officer names another one as the next case manager; it counts once that one accepts."""

    __tablename__ = "case_handover"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        CheckConstraint("from_id <> to_id", name="two_officers"),
        Index("ix_handover_to", "organisation_id", "to_id", "ended_at"),
    )

    case_id: Mapped[UUID]
    from_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    named_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="Accepted, declined or withdrawn")
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class EmergencyAccess(TenantScoped, Base):
    """Access of an officer who is not assigned: asked for, agreed to, ended, reviewed."""

    __tablename__ = "emergency_access"
    __table_args__ = (
        belongs_to("remediation_case", "case_id"),
        CheckConstraint("agreed_by_id <> asked_by_id", name="second_officer"),
        CheckConstraint("agreed_by_id IS NULL OR agreed_at IS NOT NULL", name="agreed_pair"),
        CheckConstraint("(reviewed_at IS NULL) = (reviewed_by_id IS NULL)", name="reviewed_pair"),
        CheckConstraint("reviewed_by_id <> asked_by_id", name="reviewed_by_another"),
        Index("ix_emergency_asked_by", "organisation_id", "asked_by_id", "ends_at"),
    )

    case_id: Mapped[UUID]
    sealed_reason: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id"), comment="None though agreed: the operator"
    )
    declined_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    is_justified: Mapped[bool | None]
    sealed_review: Mapped[bytes | None] = mapped_column(LargeBinary)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012
