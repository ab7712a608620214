"""Webhooks: where events of an organisation go, and how far they were delivered."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.adapters.webhook_sender import Fault
from ddplatform.infrastructure.db import Base, WordList, enum_named
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import tenant_key


class Pause(StrEnum):
    """Why nothing is sent any more until somebody resumes it."""

    FAILING = "failing"
    RIGHTS = "rights"


class Webhook(TenantScoped, Base):
    """A URL that is notified of changes; it acts for one person and keeps its own place."""

    __tablename__ = "webhook"
    __table_args__ = (
        tenant_key(),
        CheckConstraint("(paused_at IS NULL) = (paused_because IS NULL)", name="paused_pair"),
    )

    name: Mapped[str] = mapped_column(comment="What it is used for")
    url: Mapped[str]
    subjects: Mapped[list[str]] = mapped_column(WordList(), comment="What it tells of")
    sealed_secret: Mapped[bytes] = mapped_column(
        LargeBinary, comment="AES-256-GCM, bound to the webhook; key outside the database"
    )
    acts_for_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id"), comment="Who made it, or resumed it last"
    )
    created_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(comment="Of the log; what came up to it is delivered")
    delivered: Mapped[int] = mapped_column(default=0, comment="Events that were taken")
    next_try_at: Mapped[datetime] = mapped_column(comment="Later while a worker sends")
    last_success_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, comment="In a row")
    last_fault: Mapped[Fault | None] = mapped_column(enum_named(Fault, "last_fault"))
    last_status: Mapped[int | None] = mapped_column(comment="HTTP status of the last failure")
    paused_at: Mapped[datetime | None]
    paused_because: Mapped[Pause | None]
    tested_at: Mapped[datetime | None]
    test_fault: Mapped[Fault | None] = mapped_column(enum_named(Fault, "test_fault"))
    test_status: Mapped[int | None]
