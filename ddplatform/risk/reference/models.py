"""Context of countries beside the scores; the scored figures are in `risk`."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base


class ContextValue(Base):
    """One figure of a country that is shown and never scored."""

    __tablename__ = "context_value"
    __table_args__ = (Index("ix_context_country", "release_id", "country"),)
    is_append_only = True

    release_id: Mapped[UUID] = mapped_column(ForeignKey("reference_release.id"))
    indicator: Mapped[str]
    country: Mapped[str]
    year: Mapped[int | None]
    value: Mapped[float] = mapped_column(comment="In the indicator's own unit")
    worse_than: Mapped[float | None] = mapped_column(
        comment="Share of the countries with a better figure, 0 to 1"
    )
    basis: Mapped[str] = mapped_column(comment="How the publisher came by it")
