"""Proposals to give or to take the role of safeguarding officer."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped


class ProposalKind(StrEnum):
    """What a proposal would change."""

    APPOINT = "appoint"
    REMOVE = "remove"


class ProposalStatus(StrEnum):
    """States of a proposal; the first two are open."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DONE = "done"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class OfficerProposal(TenantScoped, Base):
    """One person proposed as safeguarding officer, or an officer proposed for removal."""

    __tablename__ = "officer_proposal"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("agreed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("agreed_by_id IS NULL OR agreed_at IS NOT NULL", name="agreed_pair"),
        CheckConstraint("ended_by_id IS NULL OR ended_at IS NOT NULL", name="ended_pair"),
        Index("ix_officer_proposal_status", "organisation_id", "status"),
    )

    kind: Mapped[ProposalKind]
    status: Mapped[ProposalStatus] = mapped_column(default=ProposalStatus.PROPOSED)
    email: Mapped[str]
    name: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id"), comment="Known account; none: an invitation goes to the address"
    )
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id"), comment="None: the operator"
    )
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    effective_at: Mapped[datetime | None] = mapped_column(comment="End of the waiting period")
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012
