"""Tables of the log, with no foreign key but the tenant: the log outlives its subjects."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped

# Prefixes of actions about child cases: safeguarding officers alone see these events.
RESTRICTED_ACTIONS = "case:"


class Outcome(StrEnum):
    """The outcome of an attempted action."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class AuditEvent(TenantScoped, Base):
    """One thing that happened: a leaf of the tenant's tree, chained to the event before."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sequence"),
        Index("ix_event_target", "organisation_id", "target_id", "sequence"),
        Index("ix_event_action", "organisation_id", "action", "sequence"),
    )
    is_append_only = True

    sequence: Mapped[int] = mapped_column(comment="From 1 in each organisation")
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str | None]
    action: Mapped[str] = mapped_column(comment="subject:action")
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.DONE)
    target_type: Mapped[str | None]
    target_id: Mapped[str | None]
    is_restricted: Mapped[bool] = mapped_column(default=False, comment="About a child case")
    leaf: Mapped[bytes] = mapped_column(LargeBinary, comment="Canonical JSON, RFC 8785")
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(TenantScoped, Base):
    """The end of a tenant's log, locked by each append, so that events form one sequence."""

    __tablename__ = "audit_head"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    size: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    peaks: Mapped[list[Any]] = mapped_column(comment="Hex roots of the full subtrees, left first")
    checkpoint_size: Mapped[int] = mapped_column(default=0)


class AuditValue(TenantScoped, Base):
    """A changed value behind its salted commitment. Erasing the row erases the value alone."""

    __tablename__ = "audit_value"
    __table_args__ = (Index("ix_value_event", "organisation_id", "event_id"),)

    event_id: Mapped[UUID]
    name: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[dict[str, Any]] = mapped_column(comment="{before, after}")


class RefusalCount(TenantScoped, Base):
    """Tries that were refused to a person after the one that is an event, not yet summed up."""

    __tablename__ = "refusal_count"
    __table_args__ = (UniqueConstraint("organisation_id", "actor_id", "endpoint", "reason"),)

    actor_id: Mapped[UUID]
    actor_role: Mapped[str]
    endpoint: Mapped[str]
    reason: Mapped[str] = mapped_column(comment="role or limit")
    begins_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)


class AuditCheckpoint(TenantScoped, Base):
    """A signed head of the log (C2SP checkpoint)."""

    __tablename__ = "audit_checkpoint"
    __table_args__ = (UniqueConstraint("organisation_id", "size"),)
    is_append_only = True

    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]
    signed_at: Mapped[datetime]
