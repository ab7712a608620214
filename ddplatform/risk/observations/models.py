"""Observations of one risk factor at a site, each with its source."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key


class PlaceObservation(TenantScoped, Base):
    """One observation of a factor at a site, or at all sites of its region.

    Append-only: withdrawn, never edited or deleted.
    """

    __tablename__ = "place_observation"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("value BETWEEN 0 AND 1", name="value_range"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_pair"
        ),
        CheckConstraint("withdrawn_by_id <> created_by_id", name="withdrawn_by_another"),
        CheckConstraint(
            "(country IS NULL) = (region IS NULL) AND (region IS NULL) = (region_key IS NULL)",
            name="region_whole",
        ),
        Index("ix_place_observation_node", "organisation_id", "node_id", "factor"),
        Index("ix_place_observation_region", "organisation_id", "country", "region_key"),
    )

    node_id: Mapped[UUID]
    factor: Mapped[str] = mapped_column(comment="WRK-nn, COM-nn, ONL-nn, SEC-nn or CTY-nn")
    value: Mapped[float] = mapped_column(comment="s of the factor: 0 benign to 1 worst")
    figure: Mapped[float | None] = mapped_column(
        comment="What the source says in the unit of the factor, where it is a figure"
    )
    source_type: Mapped[str] = mapped_column(comment="RM-2.0 3.2")
    source: Mapped[str] = mapped_column(comment="Who looked or published; never a person's name")
    source_url: Mapped[str] = mapped_column(default="")
    observed_on: Mapped[date] = mapped_column(comment="From this day it grows older")
    country: Mapped[str | None] = mapped_column(
        comment="Of all sites in a region, now and later: its country, ISO 3166-1 alpha-2"
    )
    region: Mapped[str | None] = mapped_column(comment="The region as the site names it")
    region_key: Mapped[str | None] = mapped_column(
        comment="What all spellings of the region share (supply_chain.reference.regions.region_key)"
    )
    note: Mapped[str] = mapped_column(comment="What was seen or read, and where")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_reason: Mapped[str | None]
