"""Tables of concerns and complaints.

No column holds who sent a concern, from where, or at which moment: days alone are kept. What was
written is sealed with a key of the concern, and the code of the complainant is kept as a hash.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.core.due_diligence.vocabulary import GrievanceState
from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key

HANDED_OVER, LINKED, WITHDRAWAL_ASKED = "handed_over", "linked", "withdrawal_asked"
"""Steps of a concern beside its states."""


class ConcernDoor(TenantScoped, Base):
    """The public address at which an organisation receives concerns."""

    __tablename__ = "concern_door"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    address_part: Mapped[str] = mapped_column(comment="Random end of the address; on posters")
    is_open: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class Channel(StrEnum):
    """How a concern arrived; all but the first are entered by an officer."""

    DOOR = "door"
    PHONE = "phone"
    MESSAGE = "message"
    PAPER = "paper"
    IN_PERSON = "in_person"
    UNION = "union"
    HOTLINE = "hotline"


class Concern(TenantScoped, Base):
    """One concern, found by the first part of its code and opened by the second."""

    __tablename__ = "concern"
    __table_args__ = (
        tenant_key(),
        belongs_to("finding", "finding_id"),
        UniqueConstraint("organisation_id", "reference"),
        UniqueConstraint("organisation_id", "locator"),
        Index("ix_concern_status", "organisation_id", "status", "entered_on"),
    )

    reference: Mapped[str] = mapped_column(comment="Random; among officers alone")
    locator: Mapped[str] = mapped_column(comment="First 8 digits of the code")
    proof_hash: Mapped[str] = mapped_column(comment="Argon2id of the last 12 digits")
    status: Mapped[GrievanceState] = mapped_column(default=GrievanceState.RECEIVED)
    channel: Mapped[Channel]
    language: Mapped[str] = mapped_column(comment="In which the complainant reads the thread")
    received_on: Mapped[date]
    entered_on: Mapped[date] = mapped_column(comment="Day of the present state")
    closed_on: Mapped[date | None]
    is_safety_open: Mapped[bool | None] = mapped_column(
        comment="Whether somebody may still be unsafe; none: nobody has said, counts as yes"
    )
    withdrawal_asked_on: Mapped[date | None]
    handler_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    finding_id: Mapped[UUID | None] = mapped_column(comment="The matter it belongs to")
    key_wrapped: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="Data key of the concern; destroyed to erase"
    )
    key_version: Mapped[int] = mapped_column(default=1)
    sealed_facts: Mapped[bytes] = mapped_column(
        LargeBinary, comment="Subject, part of the sender, place, danger, fear of reprisal"
    )
    message_count: Mapped[int] = mapped_column(default=0)
    step_count: Mapped[int] = mapped_column(default=0)
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class ConcernMessage(TenantScoped, Base):
    """One message of the thread between complainant and officers."""

    __tablename__ = "concern_message"
    __table_args__ = (
        belongs_to("concern", "concern_id"),
        UniqueConstraint("organisation_id", "concern_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )
    is_append_only = True

    concern_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(comment="Counts from 1 in each concern")
    is_from_complainant: Mapped[bool]
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    written_on: Mapped[date]
    written_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id"), comment="None: the complainant"
    )


class ConcernStep(TenantScoped, Base):
    """One step: a state entered, a handover, a link, a wish to withdraw."""

    __tablename__ = "concern_step"
    __table_args__ = (
        belongs_to("concern", "concern_id"),
        UniqueConstraint("organisation_id", "concern_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )
    is_append_only = True

    concern_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(comment="Counts from 1 in each concern")
    step: Mapped[str] = mapped_column(
        comment="State entered, handed_over, linked or withdrawal_asked"
    )
    sealed_note: Mapped[bytes] = mapped_column(
        LargeBinary, comment="Statements, answer about reprisals, reason"
    )
    taken_on: Mapped[date]
    taken_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id"), comment="None: the complainant"
    )
