"""Saved views of a map, named by people of the organisation and open to all of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class ViewKind(StrEnum):
    """The page of a map that a view opens."""

    MAP = "map"
    TABLE = "table"
    MATRIX = "matrix"
    ALL_SITES = "all"
    WORLD = "world"
    AROUND = "around"


class SavedView(TenantScoped, Base):
    """A page of a map with its filters, under a name; what it shows is looked up when opened."""

    __tablename__ = "saved_view"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        CheckConstraint("(archived_at IS NULL) = (archived_by_id IS NULL)", name="archived_pair"),
        Index("ix_saved_view_name", "organisation_id", "chain_id", "name", "id"),
    )

    chain_id: Mapped[UUID]
    kind: Mapped[ViewKind]
    name: Mapped[str]
    address: Mapped[list[Any]] = mapped_column(comment="Pairs of the address: name, value")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
