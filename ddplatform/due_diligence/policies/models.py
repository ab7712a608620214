"""Policy commitments: versions of a text and the checklist of each."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class PolicyState(StrEnum):
    """The state of one version of a policy."""

    DRAFT = "draft"
    APPROVED = "approved"
    REPLACED = "replaced"


class ApprovalLevel(StrEnum):
    """Who approved a policy: the most senior level of the business (UNGP 16(a))."""

    BOARD = "board"
    CHIEF_EXECUTIVE = "chief_executive"
    OWNER = "owner"


class PolicyAnswer(StrEnum):
    """Whether a policy meets a criterion of the checklist."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Policy(TenantScoped, Base):
    """A policy commitment; what it says is in its versions."""

    __tablename__ = "policy"
    __table_args__ = (tenant_key(),)

    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))


class PolicyVersion(TenantScoped, Base):
    """One version of a policy. Once approved it is not changed; the next version replaces it."""

    __tablename__ = "policy_version"
    __table_args__ = (
        tenant_key(),
        belongs_to("policy", "policy_id"),
        UniqueConstraint("organisation_id", "policy_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(
            "(state = 'draft') = (approved_on IS NULL)"
            " AND (approved_on IS NULL) = (approved_at IS NULL)"
            " AND (approved_on IS NULL) = (approval_level IS NULL)"
            " AND (approved_on IS NULL) = (approved_by_id IS NULL)",
            name="approval_whole",
        ),
        Index("ix_policy_version_review", "organisation_id", "state", "review_on"),
    )

    policy_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(comment="Counts from 1 in each policy")
    title: Mapped[str]
    state: Mapped[PolicyState]
    languages: Mapped[list[str]] = mapped_column(comment="ISO 639 codes, in which it is published")
    public_url: Mapped[str | None] = mapped_column(comment="Where it is published")
    review_on: Mapped[date] = mapped_column(comment="At most 24 months after its approval")
    approval_level: Mapped[ApprovalLevel | None]
    approved_on: Mapped[date | None] = mapped_column(comment="Day of the decision")
    approved_at: Mapped[datetime | None] = mapped_column(comment="When it was recorded")
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class PolicyCheck(TenantScoped, Base):
    """The answer to one criterion of the checklist for one version."""

    __tablename__ = "policy_check"
    __table_args__ = (
        tenant_key(),
        belongs_to("policy_version", "version_id"),
        UniqueConstraint("organisation_id", "version_id", "item"),
        CheckConstraint("(answer IS NULL) = (changed_by_id IS NULL)", name="answered_by"),
    )

    version_id: Mapped[UUID]
    item: Mapped[str] = mapped_column(comment="POL-nn of core/due_diligence/policy_checklist")
    answer: Mapped[PolicyAnswer | None] = mapped_column(comment="None: not answered yet")
    reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012
