"""Plans of questionnaires and visits for a budget, and the assignments from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.vocabulary import Grade


class StepKind(StrEnum):
    """The kind of evidence a step of a plan gathers on a node; the order of the core."""

    QUESTIONNAIRE = "questionnaire"
    VISIT = "visit"


class VisitPlan(TenantScoped, Base):
    """The next nodes for a budget, as computed once from the evidence at that time."""

    __tablename__ = "visit_plan"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        CheckConstraint("at_least BETWEEN 0 AND 1", name="at_least_range"),
        Index("ix_visit_plan_made", "organisation_id", "created_at", "id"),
    )

    chain_id: Mapped[UUID]
    name: Mapped[str]
    aim: Mapped[str] = mapped_column(comment="learn or find")
    spread: Mapped[str] = mapped_column(comment="none, some or wide")
    questionnaires: Mapped[int | None] = mapped_column(comment="At most so many; none: by amount")
    visits: Mapped[int | None] = mapped_column(comment="At most so many; none: by amount")
    amount: Mapped[int | None] = mapped_column(comment="Whole units of the currency")
    currency: Mapped[str | None]
    cost_questionnaire: Mapped[int | None]
    cost_visit: Mapped[int | None]
    chain_version: Mapped[int] = mapped_column(comment="Version of the map it rests on")
    as_of: Mapped[date]
    at_least: Mapped[float] = mapped_column(comment="Part of the best possible plan, 0..1")
    curves: Mapped[dict[str, Any]] = mapped_column(
        comment="ours, volume, country: part of all there is to learn after each step, 0..1"
    )
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class VisitPlanStep(TenantScoped, Base):
    """One line of a plan. Nodes go by their stable id: a line outlives what becomes of the map."""

    __tablename__ = "visit_plan_step"
    __table_args__ = (
        belongs_to("visit_plan", "plan_id"),
        belongs_to("assignment", "assignment_id"),
        belongs_to("mitigation_action", "action_id"),
        UniqueConstraint("organisation_id", "plan_id", "place"),
        UniqueConstraint("organisation_id", "plan_id", "node_ref", "kind"),
        CheckConstraint("assignment_id IS NULL OR action_id IS NULL", name="assigned_once"),
        Index("ix_visit_plan_step_node", "organisation_id", "node_ref"),
    )

    plan_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(comment="1 the first")
    kind: Mapped[StepKind]
    node_ref: Mapped[str]
    node_name: Mapped[str]
    country: Mapped[str | None]
    region: Mapped[str | None]
    nth_in_region: Mapped[int]
    gain: Mapped[float] = mapped_column(comment="Part of all there is to learn, 0..1")
    issue: Mapped[str] = mapped_column(comment="The issue that weighs most here")
    severity: Mapped[float]
    index: Mapped[float] = mapped_column(comment="After controls, 0..100, with its range")
    low: Mapped[float]
    high: Mapped[float]
    grade: Mapped[Grade] = mapped_column(comment="Of the evidence")
    flow: Mapped[float] = mapped_column(comment="Part of the input of the business, 0..1")
    assignment_id: Mapped[UUID | None]
    action_id: Mapped[UUID | None]
