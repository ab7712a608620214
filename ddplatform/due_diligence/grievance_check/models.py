"""Checks of the grievance mechanism, one row for each time that a criterion was checked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped


class GrievanceCheck(TenantScoped, Base):
    """The score of one criterion on one day; a later check replaces none before it."""

    __tablename__ = "grievance_check"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 3", name="score_range"),
        Index("ix_grievance_check_item", "organisation_id", "item", "checked_on"),
    )
    is_append_only = True

    item: Mapped[str] = mapped_column(comment="GRV-x of core/due_diligence/grievance_checklist")
    score: Mapped[int] = mapped_column(comment="0 (not in place) to 3 (confirmed by its users)")
    reason: Mapped[str]
    consulted: Mapped[str] = mapped_column(comment="Groups that were asked; empty: none were")
    checked_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
