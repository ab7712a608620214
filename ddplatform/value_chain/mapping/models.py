"""Stored value chain: nodes, links, imports.

A moment (`*_at`) without a person (`*_by_id`) was a step of the platform itself (commands).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    UniqueConstraint,
    column,
)
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base, WordList
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind, RiskBand, SeverityBand

NO_RANK = 1_000_000_000
NO_ORDER = 1 << 62
NO_TIER_ORDER = 1_000
"""The value for a missing rank or tier: behind all others."""


def _where_set(name: str, column_name: str) -> Index:
    """An index of the few rows of a map that have a value here, so that others cost nothing."""
    return _where(name, column_name, column(column_name).is_not(None))


def _where(name: str, column_name: str, condition: ColumnElement[bool]) -> Index:
    """An index of those rows of a map for which the condition holds."""
    return Index(
        name,
        "organisation_id",
        "chain_id",
        column_name,
        sqlite_where=condition,
        postgresql_where=condition,
    )


class ValueChain(TenantScoped, Base):
    """One map of one organisation. Every change of it raises `version` in its transaction."""

    __tablename__ = "value_chain"
    __table_args__ = (tenant_key(), UniqueConstraint("organisation_id", "slug"))

    name: Mapped[str]
    slug: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    current_run_id: Mapped[UUID | None] = mapped_column(comment="Newest assessment run")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class ValueChainNode(TenantScoped, Base):
    """A business, site, labour intermediary, platform, investee or unknown origin."""

    __tablename__ = "value_chain_node"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("value_chain_node", "operated_by_id"),
        UniqueConstraint("organisation_id", "chain_id", "external_ref"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_range"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_range"),
        CheckConstraint("archived_by_id IS NULL OR archived_at IS NOT NULL", name="archived_pair"),
        # The last column lets the standing nodes of a map be counted without reading them.
        Index("ix_node_name", "organisation_id", "chain_id", "name", "id", "archived_at"),
        Index("ix_node_country", "organisation_id", "chain_id", "country_order", "name", "id"),
        _where_set("ix_node_group", "group_name"),
        _where_set("ix_node_tags", "tags"),
        _where_set("ix_node_owner", "owner_id"),
        _where(
            "ix_node_no_activity",
            "kind",
            column("sector_ref").is_(None) & column("archived_at").is_(None),
        ),
    )

    chain_id: Mapped[UUID]
    external_ref: Mapped[str] = mapped_column(comment="Stable id of the file it came from")
    kind: Mapped[NodeKind]
    name: Mapped[str]
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2")
    region: Mapped[str | None]
    address: Mapped[str | None]
    latitude: Mapped[float | None] = mapped_column(comment="Degrees, WGS 84")
    longitude: Mapped[float | None] = mapped_column(comment="Degrees, WGS 84")
    sector_ref: Mapped[str | None]
    commodity_refs: Mapped[list[str]] = mapped_column(default=list)
    operated_by_id: Mapped[UUID | None]
    own_operation: Mapped[bool] = mapped_column(default=False)
    is_origin: Mapped[bool | None] = mapped_column(comment="RM-1.0 11.3; none: by kind, activity")
    external_ids: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tags: Mapped[list[str]] = mapped_column(
        WordList(), nullable=True, default=list, comment="supply_chain.graph.labels, rising"
    )
    group_name: Mapped[str | None] = mapped_column(comment="One group a node: Cotton mills East")
    owner_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id"), comment="Who of the organisation answers for it"
    )
    contact_email: Mapped[str | None] = mapped_column(comment="Business contact, no private data")
    supplier_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    country_order: Mapped[str] = mapped_column(
        Computed("coalesce(country, '~')", persisted=True),
        comment="country, what is not known last",
    )

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class SupplyLink(TenantScoped, Base):
    """The flow from a supplier to a buyer."""

    __tablename__ = "supply_link"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("value_chain_node", "supplier_id"),
        belongs_to("value_chain_node", "buyer_id"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_range"),
        CheckConstraint("archived_by_id IS NULL OR archived_at IS NOT NULL", name="archived_pair"),
        # As above, for links.
        Index("ix_link_buyer", "organisation_id", "chain_id", "buyer_id", "archived_at"),
        Index("ix_link_supplier", "organisation_id", "chain_id", "supplier_id"),
    )

    chain_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    buyer_id: Mapped[UUID]
    kind: Mapped[LinkKind] = mapped_column(default=LinkKind.SUPPLIES)
    commodity_ref: Mapped[str | None]
    share: Mapped[float | None] = mapped_column(comment="Part of the buyer's input, 0..1")
    flow_evidence: Mapped[FlowEvidence] = mapped_column(default=FlowEvidence.UNMAPPED)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


_IS_OVERDUE = column("overdue_actions") > 0


class NodeSummary(TenantScoped, Base):
    """The summary of a node for lists and maps: one row each, made with it, refreshed by jobs."""

    __tablename__ = "node_summary"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        UniqueConstraint("organisation_id", "node_id"),
        Index("ix_summary_band", "organisation_id", "chain_id", "band", "node_id"),
        Index("ix_summary_rank", "organisation_id", "chain_id", "rank_order", "node_id"),
        # Few nodes of a map are overdue: pictures find them without reading all.
        Index(
            "ix_summary_overdue",
            "organisation_id",
            "chain_id",
            "overdue_actions",
            sqlite_where=_IS_OVERDUE,
            postgresql_where=_IS_OVERDUE,
        ),
        Index(
            "ix_summary_tier", "organisation_id", "chain_id", "tier_order", "rank_order", "node_id"
        ),
        # Of the nodes that were ever asked alone, so that the overview need not read all.
        _where_set("ix_summary_asked", "questionnaire_status"),
    )

    node_id: Mapped[UUID]
    chain_id: Mapped[UUID]
    tier: Mapped[int | None] = mapped_column(comment="Steps to own operations; none: no path")
    band: Mapped[RiskBand | None] = mapped_column(comment="Highest residual band over issues")
    severity_band: Mapped[SeverityBand | None]
    top_issue: Mapped[str | None] = mapped_column(comment="First in salience order")
    best_order: Mapped[int | None] = mapped_column(
        BigInteger, comment="Its place in the salience order (supply_chain.risk.register_changes)"
    )
    residual_index: Mapped[float | None]
    exposure: Mapped[float | None]
    confidence: Mapped[float | None] = mapped_column(comment="C of its first issue, RM-1.0")
    grade: Mapped[str | None] = mapped_column(comment="A to E, of its first issue, RM-2.0")
    open_findings: Mapped[int] = mapped_column(default=0)
    overdue_actions: Mapped[int] = mapped_column(default=0)
    questionnaire_status: Mapped[str | None]
    rank_order: Mapped[int] = mapped_column(
        BigInteger,
        Computed(f"coalesce(best_order, {NO_ORDER})", persisted=True),
        comment="best_order, what is not ranked last",
    )
    tier_order: Mapped[int] = mapped_column(
        Computed(f"coalesce(tier, {NO_TIER_ORDER})", persisted=True),
        comment="tier, what has no path last",
    )


class ImportStatus(StrEnum):
    """The state of an import of a list."""

    READING = "reading"
    PREVIEWED = "previewed"
    REFUSED = "refused"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"


class MapImport(TenantScoped, Base):
    """An uploaded list on its way into a value chain: read, previewed, applied, undone."""

    __tablename__ = "map_import"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("map_import", "follows_id"),
        CheckConstraint("applied_by_id IS NULL OR applied_at IS NOT NULL", name="applied_pair"),
        CheckConstraint("undone_by_id IS NULL OR undone_at IS NOT NULL", name="undone_pair"),
    )

    chain_id: Mapped[UUID]
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.READING)
    files: Mapped[list[Any]] = mapped_column(comment="[{name, sha256, size_bytes}]")
    link_to_id: Mapped[UUID | None] = mapped_column(comment="Buyer for a list of suppliers only")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    mapping_key: Mapped[str | None] = mapped_column(comment="Hash of the headings, to remember")
    remembered: Mapped[dict[str, Any] | None] = mapped_column(comment="Whose mapping: {files, at}")
    mends: Mapped[list[Any]] = mapped_column(
        default=list, comment="Values corrected: [{table, column, value, put}]"
    )
    corrections: Mapped[list[Any]] = mapped_column(
        default=list, comment="Workbooks of corrected rows, as in files"
    )
    answers: Mapped[list[Any]] = mapped_column(
        default=list, comment="What words say a place does: [{says, sector}]; null: left open"
    )
    apart: Mapped[list[Any]] = mapped_column(
        default=list, comment="[[id in the map, id in the list]] that are not the same"
    )
    headings: Mapped[list[str]] = mapped_column(default=list, comment="Columns of all tables")
    follows_id: Mapped[UUID | None] = mapped_column(comment="Earlier import of the same list")
    listed: Mapped[list[str] | None] = mapped_column(
        deferred=True, comment="External ids of all nodes that it named"
    )
    skip_faulty: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    preview: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    refusal: Mapped[dict[str, Any] | None]
    undo: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    job_id: Mapped[UUID | None]
    chain_version: Mapped[int | None] = mapped_column(comment="Chain version it made")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    applied_at: Mapped[datetime | None]
    applied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class ColumnMapping(TenantScoped, Base):
    """The last column mapping of a list with these headings."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("organisation_id", "mapping_key"),)

    mapping_key: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    mends: Mapped[list[Any]] = mapped_column(default=list, comment="[{heading, column, ...}]")
    files: Mapped[list[Any]] = mapped_column(default=list, comment="Names of the files it is from")
    updated_at: Mapped[datetime]
