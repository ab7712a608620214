"""Tables of campaigns: bulk requests to suppliers, wave by wave, with their reminders."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class LeftOut(StrEnum):
    """Why a supplier of a campaign is not asked."""

    NO_ADDRESS = "no_address"
    VISITS = "visits"
    HAS_IT = "has_it"
    ARCHIVED = "archived"
    BY_HAND = "by_hand"


class Campaign(TenantScoped, Base):
    """Targets, questionnaires, pace and reminders. It sends nothing before it is started."""

    __tablename__ = "campaign"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("visit_plan", "plan_id"),
        CheckConstraint("(started_at IS NULL) = (started_by_id IS NULL)", name="started_pair"),
        Index("ix_campaign_made", "organisation_id", "created_at", "id"),
    )

    chain_id: Mapped[UUID]
    plan_id: Mapped[UUID | None] = mapped_column(comment="The plan whose lines are asked")
    asked: Mapped[dict[str, Any]] = mapped_column(comment="The filter of the map, as in addresses")
    name: Mapped[str]
    modules: Mapped[list[str]] = mapped_column(comment="References of questionnaires")
    by_rule: Mapped[bool] = mapped_column(default=True, comment="Only where a module fits")
    language: Mapped[str] = mapped_column(default="en")
    light_mode: Mapped[bool | None] = mapped_column(comment="None: by the size of each")
    message: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    per_day: Mapped[int | None] = mapped_column(comment="At most so many a day; none: all at once")
    reminder_days: Mapped[list[Any]] = mapped_column(comment="Days from the due date: -7, 0, 7")
    most_reminders: Mapped[int] = mapped_column(default=3)
    escalate_after: Mapped[int | None] = mapped_column(comment="Days late until the owner is told")
    calendar: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="day -> {reminded, escalated}: what went out by the calendar"
    )
    job_id: Mapped[UUID | None] = mapped_column(comment="The newest job that sends")
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[datetime | None]
    started_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    stopped_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class CampaignTarget(TenantScoped, Base):
    """One questionnaire for one supplier of a campaign, and why; once it is sent, which one."""

    __tablename__ = "campaign_target"
    __table_args__ = (
        belongs_to("campaign", "campaign_id"),
        belongs_to("value_chain_node", "node_id"),
        belongs_to("assignment", "assignment_id"),
        UniqueConstraint(
            "organisation_id",
            "campaign_id",
            "node_id",
            "version_id",
            name="uq_campaign_target_asked",  # PostgreSQL keeps 63 letters of a name
        ),
        UniqueConstraint("organisation_id", "campaign_id", "place"),
        Index("ix_target_left", "organisation_id", "campaign_id", "assignment_id", "left_out"),
    )

    campaign_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(comment="0 the first")
    node_id: Mapped[UUID]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_version.id"))
    reason: Mapped[str] = mapped_column(comment="Why this questionnaire fits, as a sentence")
    send_on: Mapped[date | None] = mapped_column(comment="The day of its wave, once started")
    left_out: Mapped[LeftOut | None]
    assignment_id: Mapped[UUID | None]
