"""Records of governance: board notes, trainings and responsible persons."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import tenant_key


class RecordKind(StrEnum):
    """What a record of governance is about."""

    BOARD_NOTE = "board_note"
    TRAINING = "training"
    RESPONSIBILITY = "responsibility"


class Body(StrEnum):
    """Which body of the company met."""

    BOARD = "board"
    EXECUTIVE = "executive"


class GovernanceRecord(TenantScoped, Base):
    """One record of governance. It is never edited; a wrong one is withdrawn with the reason."""

    __tablename__ = "governance_record"
    __table_args__ = (
        tenant_key(),
        CheckConstraint(
            "(kind = 'board_note') = (body IS NOT NULL)"
            " AND (body IS NULL) = (decision IS NULL)"
            " AND (body IS NULL) = (review_on IS NULL)",
            name="board_note_whole",
        ),
        CheckConstraint(
            "(kind = 'training') = (group_ref IS NOT NULL)"
            " AND (group_ref IS NULL) = (people_in_group IS NULL)"
            " AND (group_ref IS NULL) = (people_trained IS NULL)",
            name="training_whole",
        ),
        CheckConstraint(
            "people_in_group > 0 AND people_trained >= 0 AND people_trained <= people_in_group",
            name="trained_in_group",
        ),
        CheckConstraint(
            "(kind = 'responsibility') = (area_ref IS NOT NULL)"
            " AND (area_ref IS NULL) = (function_title IS NULL)"
            " AND (area_ref IS NOT NULL OR person_id IS NULL)",
            name="responsibility_whole",
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name="withdrawal_whole",
        ),
        Index("ix_governance_record_held", "organisation_id", "kind", "held_on"),
    )

    kind: Mapped[RecordKind]
    held_on: Mapped[date] = mapped_column(
        comment="Day of the meeting or training; first day of the responsibility"
    )
    text: Mapped[str] = mapped_column(
        comment="What was discussed; subject of the training; what the function answers for"
    )
    body: Mapped[Body | None]
    decision: Mapped[str | None]
    review_on: Mapped[date | None] = mapped_column(comment="At most 12 months after the meeting")
    group_ref: Mapped[str | None] = mapped_column(comment="Of core/due_diligence/governance")
    people_in_group: Mapped[int | None]
    people_trained: Mapped[int | None]
    area_ref: Mapped[str | None] = mapped_column(comment="Of core/due_diligence/governance")
    function_title: Mapped[str | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_reason: Mapped[str | None]
