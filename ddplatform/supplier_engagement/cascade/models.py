"""Tables of suppliers of suppliers: named by their buyers, proposed upstream, asked in turn."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import Shared, TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.vocabulary import NodeKind


class ShareBand(StrEnum):
    """A supplier's share of the input; a band, since an exact share is a secret."""

    UNDER_5 = "under_5"
    FROM_5_TO_25 = "from_5_to_25"
    FROM_25_TO_50 = "from_25_to_50"
    OVER_50 = "over_50"
    NOT_KNOWN = "not_known"


class AskedState(StrEnum):
    """Progress of a supplier's supplier on the questions forwarded to it."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    ANSWERING = "answering"
    ANSWERED = "answered"
    DEAD_END = "dead_end"


class ProposalState(StrEnum):
    """The buyer's decision on a supplier named to it."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class OwnSupplier(TenantScoped, Base):
    """A business that this organisation buys from. No other organisation ever reads this row."""

    __tablename__ = "own_supplier"
    __table_args__ = (
        tenant_key(),
        belongs_to("assignment", "forwarded_id"),
        CheckConstraint("removed_by_id IS NULL OR removed_at IS NOT NULL", name="removed_pair"),
    )

    name: Mapped[str]
    country: Mapped[str] = mapped_column(comment="ISO 3166-1 alpha-2")
    kind: Mapped[NodeKind] = mapped_column(default=NodeKind.BUSINESS_ENTITY)
    share_band: Mapped[ShareBand] = mapped_column(default=ShareBand.NOT_KNOWN)
    email: Mapped[str | None] = mapped_column(comment="Business contact, no private data")
    asked_state: Mapped[AskedState] = mapped_column(default=AskedState.NOT_ASKED)
    forwarded_id: Mapped[UUID | None] = mapped_column(comment="What it was asked, by us")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class ChainProposal(Shared, Base):
    """One supplier of a supplier, as its buyer's buyer may see it: the name only if released."""

    __tablename__ = "chain_proposal"
    __table_args__ = (
        tenant_key(),
        belongs_to("assignment", "assignment_id"),
        belongs_to("supply_link", "made_link_id"),
        UniqueConstraint("organisation_id", "assignment_id", "number"),
        Index("ix_proposal_state", "organisation_id", "state", "created_at", "id"),
        CheckConstraint("decided_by_id IS NULL OR decided_at IS NOT NULL", name="decided_pair"),
    )

    assignment_id: Mapped[UUID] = mapped_column(comment="Tells which node named it")
    own_supplier_id: Mapped[UUID] = mapped_column(comment="Row of the respondent alone")
    number: Mapped[int] = mapped_column(comment="Counts those that one node named, from 1")
    name: Mapped[str | None] = mapped_column(comment="None: the respondent keeps the name")
    country: Mapped[str]
    kind: Mapped[NodeKind]
    share_band: Mapped[ShareBand]
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PROPOSED)
    asked_state: Mapped[AskedState] = mapped_column(default=AskedState.NOT_ASKED)
    below: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="Counts alone: {depth, named, answered, dead_ends}"
    )
    made_link_id: Mapped[UUID | None] = mapped_column(comment="What the buyer put on its map")
    decline_reason: Mapped[str | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
