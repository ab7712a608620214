"""Earlier values of a map: one row a change of the map, and one a node or link it changed.

The map itself holds today's values. A past day is derived from them: later changes are reversed,
newest first. So new or unchanged parts need no row (docs/adr/0012).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode

Part = ValueChain | ValueChainNode | SupplyLink

TRACKED: Mapping[type[Part], tuple[str, ...]] = {
    ValueChain: ("name", "description"),
    ValueChainNode: (
        "name",
        "kind",
        "country",
        "region",
        "address",
        "latitude",
        "longitude",
        "sector_ref",
        "commodity_refs",
        "operated_by_id",
        "own_operation",
        "is_origin",
        "external_ids",
        "attributes",
        "tags",
        "group_name",
        "archived_at",
    ),
    SupplyLink: (
        "supplier_id",
        "buyer_id",
        "kind",
        "commodity_ref",
        "share",
        "flow_evidence",
        "valid_from",
        "valid_to",
        "archived_at",
    ),
}
"""The stored part of a change. The business contact is left out: an address of a person that was
taken out of the map is not kept anywhere else."""


class MapStep(TenantScoped, Base):
    """One change of a map, small or large: when, who, and what it came with."""

    __tablename__ = "map_step"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("map_import", "import_id"),
        belongs_to("node_merge", "merge_id"),
        belongs_to("match_run", "run_id"),
        UniqueConstraint("organisation_id", "chain_id", "version"),
        Index("ix_step_at", "organisation_id", "chain_id", "made_at"),
    )
    is_append_only = True

    chain_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(comment="Version of the map that it made")
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    action: Mapped[str] = mapped_column(comment="As in the log: node:change, map_import:apply ...")
    import_id: Mapped[UUID | None]
    merge_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]


class MapChange(TenantScoped, Base):
    """The earlier values of a node, a link or, with neither, the map itself before a change."""

    __tablename__ = "map_change"
    __table_args__ = (
        belongs_to("map_step", "step_id"),
        belongs_to("value_chain_node", "node_id"),
        belongs_to("supply_link", "link_id"),
        CheckConstraint("node_id IS NULL OR link_id IS NULL", name="one_part"),
        Index("ix_change_step", "organisation_id", "step_id"),
        Index("ix_change_node", "organisation_id", "node_id"),
        Index("ix_change_link", "organisation_id", "link_id"),
    )
    is_append_only = True

    step_id: Mapped[UUID]
    node_id: Mapped[UUID | None]
    link_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any]] = mapped_column(comment="Column -> value before, as plain JSON")
