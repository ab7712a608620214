"""Figures of a supplier's place, as the supplier sees them, and its questions about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base, enum_named
from ddplatform.infrastructure.tenancy import Shared
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.risk.rm2.response import Label


class SupplierFigures(Shared, Base):
    """The response measure of a place that was asked, and its score as the supplier may read it.

    One row a place, made anew with each assessment of its map. The measure is the supplier's
    first: the buyer reads `shown_...`, from `shown_from` on the newer one (decision 20).
    """

    __tablename__ = "supplier_figures"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        belongs_to("assignment", "assignment_id"),
        UniqueConstraint("organisation_id", "node_id", "assignment_id"),
        CheckConstraint("measure BETWEEN 0 AND 100", name="measure_range"),
        CheckConstraint("shown_measure BETWEEN 0 AND 100", name="shown_measure_range"),
    )

    node_id: Mapped[UUID]
    node_name: Mapped[str] = mapped_column(comment="As the supplier may read it")
    node_country: Mapped[str | None]
    assignment_id: Mapped[UUID] = mapped_column(
        comment="Latest assignment; its respondent is notified"
    )
    as_of: Mapped[date]
    method_version: Mapped[str]
    measure: Mapped[float | None] = mapped_column(comment="0..100; none: nothing was due yet")
    label: Mapped[Label | None]
    response: Mapped[dict[str, Any]] = mapped_column(
        deferred=True, comment="Lines of the measure with what stands behind them"
    )
    shown_from: Mapped[date] = mapped_column(comment="Day from which the buyer reads the measure")
    shown_measure: Mapped[float | None] = mapped_column(comment="What the buyer reads till then")
    shown_label: Mapped[Label | None] = mapped_column(enum_named(Label, "shown_label"))
    shown_response: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    issues: Mapped[list[Any]] = mapped_column(
        deferred=True, comment="First issues of the place with lines, without anything confided"
    )
    basis: Mapped[str] = mapped_column(comment="SHA-256 of what the lines rest on, by month")
    written_at: Mapped[datetime]


class FigureQuestion(Shared, Base):
    """A line of its figures that a supplier questions, with the answer of the buyer."""

    __tablename__ = "figure_question"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        Index("ix_figure_question_node", "organisation_id", "node_id", "created_at"),
    )

    node_id: Mapped[UUID]
    node_name: Mapped[str]
    line: Mapped[str] = mapped_column(comment="Key of the line on the page")
    shown: Mapped[str] = mapped_column(comment="The line as it read then, in English")
    reason: Mapped[str]
    asked_by_name: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str | None]
    answered_by_name: Mapped[str | None]
    answered_at: Mapped[datetime | None]
