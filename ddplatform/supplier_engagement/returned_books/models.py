"""Tables of workbooks imported by the buyer for confirmation by the supplier.

The buyer never writes an answer: a workbook waits until the supplier reviews it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import Shared, TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class BookOutcome(StrEnum):
    """The outcome of one workbook."""

    WAITING = "waiting"
    HANDED_ON = "handed_on"
    NOTHING_NEW = "nothing_new"
    REFUSED = "refused"


class BookDelivery(TenantScoped, Base):
    """One upload of many workbooks; they are read in the background."""

    __tablename__ = "book_delivery"
    __table_args__ = (
        tenant_key(),
        Index("ix_delivery_made", "organisation_id", "created_at", "id"),
    )

    name: Mapped[str] = mapped_column(comment="The file, or the first of them")
    book_count: Mapped[int]
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    read_at: Mapped[datetime | None] = mapped_column(comment="When the last one was read")


class ReturnedBook(Shared, Base):
    """One workbook of a delivery. The supplier sees it once it is known to be its own."""

    __tablename__ = "returned_book"
    __table_args__ = (
        belongs_to("book_delivery", "delivery_id"),
        belongs_to("assignment", "assignment_id"),
        UniqueConstraint("organisation_id", "delivery_id", "place"),
        Index("ix_returned_book_asked", "organisation_id", "assignment_id", "sha256"),
        Index("ix_returned_book_mine", "respondent_organisation_id", "assignment_id"),
    )

    delivery_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(comment="0 the first")
    filename: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    outcome: Mapped[BookOutcome] = mapped_column(default=BookOutcome.WAITING)
    assignment_id: Mapped[UUID | None]
    changed_count: Mapped[int] = mapped_column(default=0, comment="Answers that were changed in it")
    faults: Mapped[list[Any]] = mapped_column(
        default=list, comment="place, message, advice; never what stands in a cell"
    )
    brought_by: Mapped[str] = mapped_column(comment="The buyer's person, as the supplier reads it")
    brought_at: Mapped[datetime]
    opened_at: Mapped[datetime | None] = mapped_column(comment="When the supplier looked at it")
