"""Tables of a supplier's consents to share earlier answers with a further buyer."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import SharedOnRelease
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class SectionShare(SharedOnRelease, Base):
    """Consent: one section, one buyer, until a day; revocable at any time.

    Which buyer the answers were given to first stands nowhere here: the receiving one learns the
    day alone. The supplier's own log names the response they come from.
    """

    __tablename__ = "section_share"
    __table_args__ = (
        tenant_key(),
        belongs_to("assignment", "assignment_id"),
        Index("ix_share_assignment", "organisation_id", "assignment_id"),
        Index("ix_share_expiry", "respondent_organisation_id", "expires_on"),
        CheckConstraint("ended_by_id IS NULL OR ended_at IS NOT NULL", name="ended_pair"),
    )

    assignment_id: Mapped[UUID]
    section: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(comment="When the answers were sent first")
    expires_on: Mapped[date] = mapped_column(comment="Last day on which they are shown")
    reworded: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="path without places -> words of the question answered, if others"
    )
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
