"""Tables of answers received offline, and of the links by which phones send them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped


class IntakeWay(StrEnum):
    """Channels of answers: a workbook, a file of a phone app, or the app itself."""

    EXCEL = "excel"
    ODK = "odk"
    OPENROSA = "openrosa"


class IntakeStatus(StrEnum):
    """A file waits until somebody takes its answers over, or puts it aside."""

    WAITING = "waiting"
    TAKEN = "taken"
    PUT_ASIDE = "put_aside"


class AnswerIntake(TenantScoped, Base):
    """A file with answers, kept as it came. It belongs to the supplier alone.

    The assignment is the requester's row, so that no foreign key of this organisation names it.
    """

    __tablename__ = "answer_intake"
    __table_args__ = (
        UniqueConstraint("organisation_id", "assignment_id", "instance_id"),
        Index("ix_intake_assignment", "organisation_id", "assignment_id", "created_at"),
    )

    assignment_id: Mapped[UUID]
    way: Mapped[IntakeWay]
    status: Mapped[IntakeStatus] = mapped_column(default=IntakeStatus.WAITING)
    instance_id: Mapped[str | None] = mapped_column(comment="Of a submission from a phone app")
    filename: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    attachments: Mapped[list[Any]] = mapped_column(
        default=list, comment="Files that came with it: name, sha256"
    )
    cells: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, comment="A workbook's cells as they were read, packed"
    )
    brought_by: Mapped[str] = mapped_column(
        default="", comment="The phone by its name, or who of the buyer brought it"
    )
    taken_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    settled_at: Mapped[datetime | None]


class AppLink(TenantScoped, Base):
    """A secret address for a phone app: one assignment, until it ends or is revoked.

    Only the hash of the token is kept. What comes in by it is done in the name of its maker.
    """

    __tablename__ = "app_link"
    __table_args__ = (Index("ix_app_link_token", "token_hash"),)

    assignment_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(comment="Whose phone, as its maker calls it")
    token_hash: Mapped[str] = mapped_column(comment="SHA-256 of the token")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
