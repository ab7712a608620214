"""Tables of review: summaries of responses for the queue, and random samples."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class ReviewEntry(TenantScoped, Base):
    """One response as the queue of reviews and the results read it; made when it is received."""

    __tablename__ = "review_entry"
    __table_args__ = (
        belongs_to("response", "response_id"),
        belongs_to("assignment", "assignment_id"),
        UniqueConstraint("organisation_id", "response_id"),
        Index("ix_review_entry_pattern", "organisation_id", "pattern"),
        Index("ix_review_entry_assignment", "organisation_id", "assignment_id"),
    )

    response_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    weight: Mapped[int] = mapped_column(comment="What to look at first; 0 is unremarkable")
    flags: Mapped[int] = mapped_column(comment="Red flags")
    serious: Mapped[int] = mapped_column(comment="Answers that tell of a serious risk")
    raised: Mapped[int] = mapped_column(comment="Answers that tell of a raised risk")
    checks: Mapped[list[str]] = mapped_column(comment="CHK-1 and so on")
    pattern: Mapped[str] = mapped_column(comment="SHA-256 of all its choices and numbers")
    counted: Mapped[dict[str, Any]] = mapped_column(
        deferred=True, comment="path -> what is given to a question that is asked; texts as null"
    )
    answered_share: Mapped[float] = mapped_column(
        comment="Part of the questions required of everybody that are answered, 0..1"
    )
    conduct: Mapped[list[Any]] = mapped_column(
        deferred=True, comment="How each of these was answered, for the response measure"
    )
    received_at: Mapped[datetime]


class ReviewSample(TenantScoped, Base):
    """A random sample of unremarkable responses; once all are reviewed, the rest may follow."""

    __tablename__ = "review_sample"
    __table_args__ = (
        tenant_key(),
        belongs_to("campaign", "campaign_id"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted_pair"),
    )

    campaign_id: Mapped[UUID | None] = mapped_column(comment="None: all that wait for a review")
    drawn: Mapped[list[str]] = mapped_column(comment="Assignments to look at")
    rest: Mapped[list[str]] = mapped_column(comment="Assignments that they stand for")
    seed: Mapped[str] = mapped_column(comment="The draw can be repeated with it")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    accepted: Mapped[int] = mapped_column(default=0, comment="How many of the rest were accepted")
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
