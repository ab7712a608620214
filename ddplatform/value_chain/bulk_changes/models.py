"""Bulk change of many nodes: its request, its progress, the values before it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class BulkVerb(StrEnum):
    """The change to each node."""

    OWNER = "owner"
    GROUP = "group"
    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    ARCHIVE = "archive"


class BulkChange(TenantScoped, Base):
    """A change of many nodes of a map."""

    __tablename__ = "bulk_change"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_pair"),
        Index("ix_bulk_change_chain", "organisation_id", "chain_id", "created_at"),
    )

    chain_id: Mapped[UUID]
    verb: Mapped[BulkVerb]
    value: Mapped[str] = mapped_column(comment="Key of the owner, tag or group; empty: none")
    asked: Mapped[int] = mapped_column(comment="Nodes to change")
    changed: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(
        default=0, comment="Nodes that the undo left: they were changed since"
    )
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    stopped_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(comment="Of the change, then of its undo")
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class BulkPart(TenantScoped, Base):
    """Some of the nodes: they are changed, and changed back, in one transaction."""

    __tablename__ = "bulk_part"
    __table_args__ = (
        belongs_to("bulk_change", "change_id"),
        UniqueConstraint("organisation_id", "change_id", "place"),
    )

    change_id: Mapped[UUID]
    place: Mapped[int]
    node_ids: Mapped[list[str]]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="node -> what stood there")
    link_ids: Mapped[list[str]] = mapped_column(default=list, comment="Links archived with them")
    kept_ids: Mapped[list[str]] = mapped_column(default=list, comment="Changed since: not undone")
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
