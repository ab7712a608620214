"""Tables of findings, and of actions on them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.core.due_diligence.vocabulary import ActionState, RiskState
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import Shared, TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.vocabulary import Issue


class FindingSource(StrEnum):
    """The source of a finding."""

    OWN_CHECK = "own_check"
    QUESTIONNAIRE = "questionnaire"
    AUDIT = "audit"
    MEDIA = "media"
    WORKER_VOICE = "worker_voice"
    OFFICIAL_LIST = "official_list"


class Finding(TenantScoped, Base):
    """An actual or potential adverse impact on children at one node (UNGP 17)."""

    __tablename__ = "finding"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("scale BETWEEN 1 AND 5", name="scale_range"),
        CheckConstraint("scope BETWEEN 1 AND 5", name="scope_range"),
        CheckConstraint("irremediability BETWEEN 1 AND 5", name="irremediability_range"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_pair"),
        Index("ix_finding_status", "organisation_id", "status", "created_at", "id"),
        Index("ix_finding_node", "organisation_id", "node_id"),
    )

    node_id: Mapped[UUID]
    issue: Mapped[Issue]
    title: Mapped[str]
    description: Mapped[str]
    is_actual: Mapped[bool] = mapped_column(comment="Actual (happened) or potential impact")
    status: Mapped[RiskState] = mapped_column(default=RiskState.IDENTIFIED)
    source: Mapped[FindingSource]
    response_id: Mapped[UUID | None]
    answer_path: Mapped[str | None]
    self_disclosed: Mapped[bool] = mapped_column(default=False)
    found_by_control: Mapped[str | None]
    scale: Mapped[int | None] = mapped_column(comment="How grave, 1 to 5 (UNGP 14)")
    scope: Mapped[int | None] = mapped_column(comment="How many, 1 to 5")
    irremediability: Mapped[int | None] = mapped_column(comment="How hard to undo, 1 to 5")
    severity_reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    involvement: Mapped[str | None] = mapped_column(comment="UNGP 13, by INV-1..4")
    involvement_answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_emergency: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    step_data: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="What the guards of ST-RISK asked for, by step"
    )
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    content_removed_at: Mapped[datetime | None] = mapped_column(
        comment="What was written was removed when its retention period ended"
    )

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class MitigationAction(Shared, Base):
    """One thing done about a finding, by us or by the supplier, verified by somebody else."""

    __tablename__ = "mitigation_action"
    __table_args__ = (
        tenant_key(),
        belongs_to("finding", "finding_id"),
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name="verified_pair"),
        CheckConstraint("reported_by_id IS NULL OR reported_at IS NOT NULL", name="reported_pair"),
        CheckConstraint("coverage BETWEEN 0 AND 1", name="coverage_range"),
        CheckConstraint("verified_by_id <> owner_id", name="verifier_not_owner"),
        Index("ix_action_due", "organisation_id", "status", "due_on", "id"),
        Index("ix_action_finding", "organisation_id", "finding_id"),
    )

    finding_id: Mapped[UUID]
    node_id: Mapped[UUID]
    node_name: Mapped[str] = mapped_column(comment="As the supplier may read it")
    title: Mapped[str]
    description: Mapped[str]
    control: Mapped[str | None] = mapped_column(comment="CTL-nn it strengthens (RM-1.0 9)")
    is_own_practice: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    status: Mapped[ActionState] = mapped_column(default=ActionState.PLANNED)
    budget_amount: Mapped[int | None] = mapped_column(comment="Whole units of the currency")
    budget_currency: Mapped[str | None]
    due_on: Mapped[date]
    first_due_on: Mapped[date]
    success_measure: Mapped[str]
    indicator: Mapped[str | None] = mapped_column(comment="IND-nn")
    dropped_reason: Mapped[str | None]
    reported_at: Mapped[datetime | None] = mapped_column(comment="Reported done")
    reported_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    verified_note: Mapped[str | None]
    coverage: Mapped[float | None] = mapped_column(comment="Judged at verification, 0..1")
    evidence_level: Mapped[float | None] = mapped_column(comment="0, .25, .5, .75, .9")
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class ActionNoteKind(StrEnum):
    """Kinds of entries in the history of an action."""

    PROGRESS = "progress"
    EXTENSION = "extension"
    REPORT = "report"
    VERIFICATION = "verification"
    STEP = "step"


class ActionNote(Shared, Base):
    """One entry in the history of an action, seen by both sides."""

    __tablename__ = "action_note"
    __table_args__ = (
        belongs_to("mitigation_action", "action_id"),
        Index("ix_note_action", "organisation_id", "action_id"),
    )
    is_append_only = True

    action_id: Mapped[UUID]
    kind: Mapped[ActionNoteKind]
    text: Mapped[str]
    due_before: Mapped[date | None]
    due_after: Mapped[date | None]
    author_name: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
