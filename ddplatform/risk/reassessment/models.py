"""Sites due for reassessment, with their reasons."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class ReviewTask(TenantScoped, Base):
    """One site due for reassessment, for one trigger; at most one open of each (UNGP 17(c))."""

    __tablename__ = "review_task"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_pair"),
        Index(
            "uq_review_task_open",
            "organisation_id",
            "node_id",
            "trigger",
            unique=True,
            sqlite_where=column("closed_at").is_(None),
            postgresql_where=column("closed_at").is_(None),
        ),
        Index("ix_review_task_due", "organisation_id", "closed_at", "due_on", "id"),
    )

    node_id: Mapped[UUID]
    trigger: Mapped[str] = mapped_column(comment="TRG-01 to TRG-12")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    closed_note: Mapped[str | None]


class ReviewCause(TenantScoped, Base):
    """One reason for a task. `cause_key` is remembered, so that no reason asks twice."""

    __tablename__ = "review_cause"
    __table_args__ = (
        belongs_to("review_task", "task_id"),
        UniqueConstraint("organisation_id", "node_id", "trigger", "cause_key"),
        Index("ix_review_cause_task", "organisation_id", "task_id"),
        Index("ix_review_cause_key", "organisation_id", "cause_key"),
    )
    is_append_only = True

    task_id: Mapped[UUID]
    node_id: Mapped[UUID]
    trigger: Mapped[str]
    cause_key: Mapped[str] = mapped_column(comment="What it was, with its version or day")
    reason: Mapped[str] = mapped_column(comment="In words, as the page tells it")
    event_id: Mapped[UUID | None] = mapped_column(comment="Context event")
    created_at: Mapped[datetime]


class ShareMemory(TenantScoped, Base):
    """The shares of a map's links when the platform last looked for changes (TRG-04)."""

    __tablename__ = "share_memory"
    __table_args__ = (
        belongs_to("value_chain", "chain_id"),
        UniqueConstraint("organisation_id", "chain_id"),
    )

    chain_id: Mapped[UUID]
    chain_version: Mapped[int]
    content: Mapped[bytes] = mapped_column(comment=".npz: id (n, 16) bytes, share (n,)")
