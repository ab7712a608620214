"""Tables of supplier answers and of the requester's review."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import Shared, SharedOnRelease, TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class ResponseStatus(StrEnum):
    """A response is written until it is sent; a returned one is written again."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Response(SharedOnRelease, Base):
    """One round of answers to an assignment. Hidden from the requester until it is sent."""

    __tablename__ = "response"
    __table_args__ = (
        tenant_key(),
        belongs_to("assignment", "assignment_id"),
        UniqueConstraint("assignment_id", "round"),
    )

    assignment_id: Mapped[UUID]
    round: Mapped[int] = mapped_column(default=1)
    status: Mapped[ResponseStatus] = mapped_column(default=ResponseStatus.DRAFT)
    visited_sections: Mapped[list[str]] = mapped_column(default=list)
    taken_sections: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="Section -> id of the respondent's person who answers it"
    )
    language: Mapped[str] = mapped_column(default="en")
    receipt_number: Mapped[str | None] = mapped_column(unique=True)
    declared_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    declared_note: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0, comment="Raised by each save of answers")
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class Answer(SharedOnRelease, Base):
    """The text of one question (and repeat), valid or not, exactly as typed."""

    __tablename__ = "answer"
    __table_args__ = (
        tenant_key(),
        belongs_to("response", "response_id"),
        belongs_to("section_share", "share_id"),
        UniqueConstraint("organisation_id", "response_id", "path"),
    )

    response_id: Mapped[UUID]
    path: Mapped[str] = mapped_column(comment="Node path with [n] for each repeat")
    raw: Mapped[str]
    problem: Mapped[str | None] = mapped_column(comment="Why the text is not an answer yet")
    version: Mapped[int] = mapped_column(default=0, comment="Revision that changed it last")
    page: Mapped[str] = mapped_column(default="", comment="The open page that changed it last")
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    given_at: Mapped[datetime | None] = mapped_column(
        comment="Given before on this day and not confirmed since; none: given here"
    )
    share_id: Mapped[UUID | None] = mapped_column(comment="Consent it stands under")
    plan_day: Mapped[str] = mapped_column(
        default="", comment="By when a “don't know” will be found out, exactly as typed"
    )
    plan_text: Mapped[str] = mapped_column(default="", comment="How it will be found out")


class ReviewDecision(StrEnum):
    """The requester's decision on one answer, or on a whole response (escalated)."""

    ACCEPTED = "accepted"
    ASKED_BACK = "asked_back"
    FINDING = "finding"
    ESCALATED = "escalated"


class AnswerReview(TenantScoped, Base):
    """The requester's decision on one answer; the newest counts."""

    __tablename__ = "answer_review"
    __table_args__ = (
        belongs_to("response", "response_id"),
        Index("ix_review_response", "organisation_id", "response_id"),
    )
    is_append_only = True

    response_id: Mapped[UUID]
    path: Mapped[str]
    decision: Mapped[ReviewDecision]
    evidence_accepted: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))


class AnswerMessage(Shared, Base):
    """One message of the thread about one question, seen by both sides."""

    __tablename__ = "answer_message"
    __table_args__ = (
        belongs_to("assignment", "assignment_id"),
        Index("ix_message_assignment", "organisation_id", "assignment_id", "path"),
    )
    is_append_only = True

    assignment_id: Mapped[UUID]
    path: Mapped[str]
    from_requester: Mapped[bool]
    author_name: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime]


class RiskSignal(TenantScoped, Base):
    """The requester's reading of answers: one factor of one node, with its causes."""

    __tablename__ = "risk_signal"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        belongs_to("response", "response_id"),
        Index("ix_signal_node", "organisation_id", "node_id", "factor"),
    )
    is_append_only = True
    moves_with_merge = True

    node_id: Mapped[UUID]
    response_id: Mapped[UUID | None]
    factor: Mapped[str] = mapped_column(comment="A risk factor, or a control (design credit)")
    value: Mapped[float | None] = mapped_column(
        comment="s of the factor, or d of the control, 0..1; none: all of it is blank"
    )
    quality: Mapped[float | None]
    source_type: Mapped[str | None]
    causes: Mapped[list[Any]]
    is_control: Mapped[bool] = mapped_column(default=False)
    observed_at: Mapped[datetime]


class RedFlag(SharedOnRelease, Base):
    """A red flag that an answer fired on save. The requester sees it once answers are sent."""

    __tablename__ = "red_flag"
    __table_args__ = (
        belongs_to("response", "response_id"),
        UniqueConstraint("organisation_id", "response_id", "code", "path"),
        CheckConstraint("handled_by_id IS NULL OR handled_at IS NOT NULL", name="handled_pair"),
    )

    response_id: Mapped[UUID]
    node_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(comment="RF-01..15 (RM-1.0 section 10)")
    path: Mapped[str]
    answer: Mapped[str]
    fired_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="The answer was changed")
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
