"""Stored what-ifs: named changes of a map that leave the map itself as it is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class SavedScenario(TenantScoped, Base):
    """A what-if with its name; what it would change is computed anew whenever it is opened."""

    __tablename__ = "what_if"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        CheckConstraint("(archived_at IS NULL) = (archived_by_id IS NULL)", name="archived_pair"),
        Index("ix_what_if_made", "organisation_id", "created_at", "id"),
    )

    chain_id: Mapped[UUID]
    name: Mapped[str]
    changes: Mapped[list[Any]] = mapped_column(comment="supply_chain.analysis.what_if_changes")
    chain_version: Mapped[int] = mapped_column(comment="Version of the map it was kept on")
    as_of: Mapped[date] = mapped_column(comment="Day whose knowledge it was tried with")
    higher: Mapped[int] = mapped_column(comment="Nodes with a higher risk when it was kept")
    lower: Mapped[int] = mapped_column(comment="Nodes with a lower risk when it was kept")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
