"""Approvals by a second person before something counts in a score: request, decision, last day.

A request covers one link, site or factor, or all confirmed flows of a list. Its parts are decided
together or one by one. Nothing is deleted: auditors can read all requests, decisions and ends.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class ApprovalKind(StrEnum):
    """The subject that a second person approves (RM-2.0 sections 3.8 and 8)."""

    FLOW = "flow"  # the flow of a link is confirmed
    ORIGIN = "origin"  # the chain begins at a node
    NOT_APPLICABLE = "not_applicable"  # a factor does not apply at a node


class ApprovalState(StrEnum):
    """The state of one part of a request."""

    WAITING = "waiting"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    ENDED = "ended"


class EndCause(StrEnum):
    """The reason for the end of a part, before it was decided or after."""

    EXPIRED = "expired"  # its last day has passed
    BY_HAND = "by_hand"  # somebody ended or withdrew it
    SET_BACK = "set_back"  # the link or node was changed to something else
    UNDONE = "undone"  # the list that asked for it was taken back


class AbsenceReason(StrEnum):
    """The reason why a factor does not apply at a node (RM-2.0 section 3.8)."""

    NO_SUCH_WORK = "no_such_work"
    NO_SUCH_PEOPLE = "no_such_people"
    NO_SUCH_SERVICE = "no_such_service"


class DecisionKind(StrEnum):
    """The decision of a person on all that a request still covers."""

    APPROVE = "approve"
    REFUSE = "refuse"
    END = "end"


class ApprovalRequest(TenantScoped, Base):
    """A wish with its reason and its last day, for one or for very many parts of one map."""

    __tablename__ = "approval_request"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("map_import", "import_id"),
        CheckConstraint(
            "(reason_code IS NOT NULL) = (kind = 'not_applicable')", name="reason_code_kind"
        ),
        Index("ix_approval_request_import", "organisation_id", "import_id"),
    )

    chain_id: Mapped[UUID]
    kind: Mapped[ApprovalKind]
    import_id: Mapped[UUID | None] = mapped_column(comment="The list that said so")
    reason_code: Mapped[AbsenceReason | None]
    reason: Mapped[str]
    expires_on: Mapped[date] = mapped_column(comment="Last day in force")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class Approval(TenantScoped, Base):
    """One link, node or factor of a request, and what was decided of it."""

    __tablename__ = "approval"
    __table_args__ = (
        belongs_to("approval_request", "request_id"),
        belongs_to("value_chain_node", "node_id"),
        belongs_to("supply_link", "link_id"),
        CheckConstraint("(link_id IS NOT NULL) = (kind = 'flow')", name="link_kind"),
        CheckConstraint("(factor IS NOT NULL) = (kind = 'not_applicable')", name="factor_kind"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_pair"),
        CheckConstraint("(ended_at IS NOT NULL) = (state = 'ended')", name="ended_state"),
        CheckConstraint("(ended_at IS NULL) = (end_cause IS NULL)", name="end_cause_pair"),
        CheckConstraint("ended_by_id IS NULL OR ended_at IS NOT NULL", name="ended_pair"),
        CheckConstraint(
            "decided_at IS NOT NULL OR state IN ('waiting', 'ended')", name="decided_state"
        ),
        Index("ix_approval_request", "organisation_id", "request_id", "state", "id"),
        Index("ix_approval_state", "organisation_id", "state", "kind", "request_id"),
        Index("ix_approval_node", "organisation_id", "node_id", "kind", "state"),
        Index("ix_approval_link", "organisation_id", "link_id", "state"),
    )

    request_id: Mapped[UUID]
    kind: Mapped[ApprovalKind]
    node_id: Mapped[UUID] = mapped_column(comment="Of a flow its supplier")
    link_id: Mapped[UUID | None]
    factor: Mapped[str | None]
    state: Mapped[ApprovalState] = mapped_column(default=ApprovalState.WAITING)
    expires_on: Mapped[date] = mapped_column(comment="As in its request")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    decision_note: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    end_cause: Mapped[EndCause | None]
    end_reason: Mapped[str] = mapped_column(default="")


class ApprovalDecision(TenantScoped, Base):
    """A decision on more parts than are changed at once: the parts take it in the background."""

    __tablename__ = "approval_decision"
    __table_args__ = (
        belongs_to("approval_request", "request_id"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_by_id IS NULL)", name="stopped_pair"),
        Index("ix_approval_decision", "organisation_id", "request_id", "decided_at"),
    )

    request_id: Mapped[UUID]
    kind: Mapped[DecisionKind]
    note: Mapped[str]
    parts: Mapped[int] = mapped_column(comment="Parts that it covered when it was made")
    done: Mapped[int] = mapped_column(default=0, comment="Parts that have taken it")
    job_id: Mapped[UUID | None]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    stopped_at: Mapped[datetime | None]
    stopped_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    finished_at: Mapped[datetime | None]
