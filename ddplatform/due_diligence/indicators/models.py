"""Indicators that are tracked, and their values by period."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.vocabulary import Issue

FIGURE = Numeric(18, 4, asdecimal=False)
"""At most four decimals; SQLite has no exact decimals, and measured figures need none."""


class TrackedIndicator(TenantScoped, Base):
    """One indicator IND-nn as an organisation tracks it, with baseline and target (UNGP 20)."""

    __tablename__ = "tracked_indicator"
    __table_args__ = (
        tenant_key(),
        CheckConstraint("(baseline_value IS NULL) = (baseline_on IS NULL)", name="baseline_whole"),
        CheckConstraint("(target_value IS NULL) = (target_on IS NULL)", name="target_whole"),
    )

    indicator: Mapped[str] = mapped_column(comment="IND-nn of core/due_diligence/indicators")
    issue: Mapped[Issue | None]
    scope: Mapped[str] = mapped_column(comment="Sites, goods or groups that it covers")
    unit: Mapped[str] = mapped_column(comment="Key of a unit in core/due_diligence/indicators")
    baseline_value: Mapped[float | None] = mapped_column(FIGURE)
    baseline_on: Mapped[date | None]
    target_value: Mapped[float | None] = mapped_column(FIGURE)
    target_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class TrackedValue(TenantScoped, Base):
    """The value of one period, of everybody or of one group. A later one of both replaces it."""

    __tablename__ = "tracked_value"
    __table_args__ = (
        belongs_to("tracked_indicator", "tracked_id"),
        CheckConstraint("period_start <= period_end", name="period_order"),
        Index("ix_tracked_value_period", "organisation_id", "tracked_id", "period_end"),
    )
    is_append_only = True

    tracked_id: Mapped[UUID]
    period_start: Mapped[date]
    period_end: Mapped[date]
    of_group: Mapped[str | None] = mapped_column(comment="Key of a group; None: everybody")
    value: Mapped[float] = mapped_column(FIGURE)
    source: Mapped[str] = mapped_column(comment="Who measured it, and how")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
