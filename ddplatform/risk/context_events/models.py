"""Events in the surroundings of sites, and the sites inside their areas."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.graph.areas import AreaKind


class ContextEvent(TenantScoped, Base):
    """A conflict, disaster, school closure ... in an area, from a day on, with its source."""

    __tablename__ = "context_event"
    __table_args__ = (
        tenant_key(),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_range"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_range"),
        CheckConstraint("radius_km > 0", name="radius_positive"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_pair"
        ),
        Index("ix_context_event_start", "organisation_id", "starts_on", "id"),
    )

    kind: Mapped[str] = mapped_column(comment="As core/due_diligence/data/context_kinds.yaml")
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    area: Mapped[AreaKind]
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2")
    region: Mapped[str | None]
    latitude: Mapped[float | None] = mapped_column(comment="Centre of a circle, degrees, WGS 84")
    longitude: Mapped[float | None] = mapped_column(comment="Degrees, WGS 84")
    radius_km: Mapped[float | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(comment="Last day; none: it goes on")
    source_type: Mapped[str] = mapped_column(comment="Source type of RM-1.0 3.2")
    source_publisher: Mapped[str]
    source_url: Mapped[str]
    source_on: Mapped[date] = mapped_column(comment="Day of the publication")
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(comment="Its end was carried out")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_reason: Mapped[str | None]

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class ContextEventNode(TenantScoped, Base):
    """A site inside an event.

    It is marked until `left_at`. What the event shows of it counts in scores until `released_at`:
    somebody looked at the site after the end, or it was never inside (`is_mistaken`).
    """

    __tablename__ = "context_event_node"
    __table_args__ = (
        belongs_to("context_event", "event_id"),
        belongs_to("value_chain_node", "node_id"),
        UniqueConstraint("organisation_id", "event_id", "node_id"),
        Index("ix_context_node", "organisation_id", "node_id"),
    )

    event_id: Mapped[UUID]
    node_id: Mapped[UUID]
    distance_km: Mapped[float | None] = mapped_column(comment="To the centre of a circle")
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    is_mistaken: Mapped[bool] = mapped_column(default=False)
