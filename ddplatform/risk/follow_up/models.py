"""Owner and deferral of a risk; steps on many risks at once."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.vocabulary import Issue


class FollowUpKind(StrEnum):
    """The kind of a row on a risk; the newest owner counts, and the newest deferral or end."""

    OWNER = "owner"
    DEFERRAL = "deferral"
    END = "end"  # of a deferral


class RiskFollowUp(TenantScoped, Base):
    """Something that was decided about a (node, issue): its owner, a deferral, the end of one."""

    __tablename__ = "risk_follow_up"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("(kind = 'deferral') = (review_on IS NOT NULL)", name="deferral_day"),
        CheckConstraint("kind <> 'deferral' OR owner_id IS NOT NULL", name="deferral_owner"),
        Index("ix_follow_up_node", "organisation_id", "node_id", "issue"),
    )
    is_append_only = True
    moves_with_merge = True

    node_id: Mapped[UUID]
    issue: Mapped[Issue]
    kind: Mapped[FollowUpKind]
    owner_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id"), comment="None: the owner of the node; of a deferral who reviews it"
    )
    review_on: Mapped[date | None] = mapped_column(comment="RM-2.0 12: at most 12 months ahead")
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))


class RiskVerb(StrEnum):
    """The change to each of many risks."""

    OWNER = "owner"
    DEFER = "defer"
    END = "end"
    URGENCY = "urgency"


class RiskLot(TenantScoped, Base):
    """One step on many risks, of one map or of several."""

    __tablename__ = "risk_lot"
    __table_args__ = (
        tenant_key(),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_pair"),
        Index("ix_risk_lot_made", "organisation_id", "created_at", "id"),
    )

    verb: Mapped[RiskVerb]
    wish: Mapped[dict[str, Any]] = mapped_column(comment="What was asked for, by field")
    changed: Mapped[int] = mapped_column(comment="Risks")
    kept: Mapped[int] = mapped_column(
        default=0, comment="Rows that the undo left: something newer was decided since"
    )
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class RiskLotLine(TenantScoped, Base):
    """A row that a step on many risks added, and the one that counted before it."""

    __tablename__ = "risk_lot_line"
    __table_args__ = (
        belongs_to("risk_lot", "lot_id"),
        Index("ix_risk_lot_line", "organisation_id", "lot_id"),
    )
    is_append_only = True

    lot_id: Mapped[UUID]
    made_id: Mapped[UUID] = mapped_column(comment="risk_follow_up or, of urgency, salience_note")
    before_id: Mapped[UUID | None] = mapped_column(comment="In the same table; none: nothing")
