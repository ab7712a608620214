"""Reference releases, judgements and assessments. Assessments are never overwritten."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.vocabulary import Issue


class ReferenceRelease(Base):
    """A numbered edition of the shipped reference data."""

    __tablename__ = "reference_release"
    is_append_only = True

    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    checksum: Mapped[str] = mapped_column(unique=True)
    as_of: Mapped[date]
    sets: Mapped[list[Any]] = mapped_column(comment="Publisher, licence, year, gaps of each set")
    installed_at: Mapped[datetime]


class IndicatorValue(Base):
    """One reference figure: of a country, a commodity, or a good in a country."""

    __tablename__ = "indicator_value"
    __table_args__ = (
        Index("ix_indicator_country", "release_id", "country"),
        Index("ix_indicator_commodity", "release_id", "commodity_ref", "country"),
    )
    is_append_only = True

    release_id: Mapped[UUID] = mapped_column(ForeignKey("reference_release.id"))
    factor: Mapped[str]
    indicator: Mapped[str]
    country: Mapped[str | None]
    commodity_ref: Mapped[str | None]
    year: Mapped[int | None]
    raw: Mapped[float | None] = mapped_column(comment="In the indicator's own unit")
    value: Mapped[float | None] = mapped_column(comment="Normalised, 0 benign .. 1 worst")
    source_type: Mapped[str]
    as_of: Mapped[date]
    source: Mapped[str]
    basis: Mapped[str] = mapped_column(comment="How the publisher came by it")


class WholeBecause(StrEnum):
    """The reason why a run assessed its whole map and does not rest on another run."""

    ASKED = "asked"  # somebody asked for it
    FIRST = "first"  # no run of this map is the current one
    MAP = "map"  # nodes or links changed
    DAY = "day"  # ages move every score with the calendar
    RELEASE = "release"  # other reference data, method or parameters
    STEPS = "steps"  # so many runs rest on the last whole one
    MANY = "many"  # too much would differ from the last whole one
    SNAPSHOT = "snapshot"  # the numbers of the last whole run are not there any more
    UNMARKED = "unmarked"  # nobody noted of which node something new is known


class AssessmentRun(TenantScoped, Base):
    """One assessment of a value chain: method, data and time it rests on.

    A run with `base_run_id` says what that whole run says, but of the nodes of which it has rows
    of its own and of the order of risks (decision 15). A base never has one itself.
    """

    __tablename__ = "assessment_run"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("assessment_run", "base_run_id"),
        CheckConstraint("(base_run_id IS NULL) = (step = 0)", name="base_pair"),
        CheckConstraint("(base_run_id IS NULL) = (whole_because IS NOT NULL)", name="base_reason"),
        Index("ix_run_base", "organisation_id", "base_run_id"),
    )
    is_append_only = True

    base_run_id: Mapped[UUID | None] = mapped_column(comment="Whole run that it rests on")
    step: Mapped[int] = mapped_column(default=0, comment="How many runs rest on that one by now")
    whole_because: Mapped[WholeBecause | None]

    chain_id: Mapped[UUID]
    chain_version: Mapped[int]
    cause: Mapped[str] = mapped_column(comment="import, answers, facts, release, request")
    method_version: Mapped[str]
    parameters_sha256: Mapped[str]
    release_id: Mapped[UUID] = mapped_column(ForeignKey("reference_release.id"))
    as_of: Mapped[date]
    node_count: Mapped[int]
    summary: Mapped[dict[str, Any]] = mapped_column(comment="Heat map cells, bands, coverage")
    scaled: Mapped[dict[str, Any]] = mapped_column(comment="Buyers whose shares were scaled")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class RiskAssessment(TenantScoped, Base):
    """The scores of one node in one run, of all issues (RM-1.0). Unknown origins have no node row.

    Rows are kept with the whole run: a run that rests on it adds those of nodes of which any
    score differs from the run before, at its own step. Read through
    `ddplatform/risk/runs/queries/rows.py`, which finds the row that counts in a run.
    `run_id` is no foreign key: the row of a run is written last, so that a run exists exactly
    when all of its scores do.
    """

    __tablename__ = "risk_assessment"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        UniqueConstraint("organisation_id", "run_id", "place", "step"),
        Index("ix_assessment_node", "organisation_id", "node_id", "run_id"),
        Index("ix_assessment_ref", "organisation_id", "run_id", "node_ref"),
    )
    is_append_only = True

    run_id: Mapped[UUID] = mapped_column(comment="The whole run")
    place: Mapped[int] = mapped_column(comment="Row of the run, unknown origins last")
    step: Mapped[int] = mapped_column(
        default=0, comment="From which run on it the row counts; 0: its own"
    )
    node_id: Mapped[UUID | None]
    node_ref: Mapped[str] = mapped_column(comment="External ref, or unknown-origin:BUYER")
    node_name: Mapped[str]
    country: Mapped[str | None]
    tier: Mapped[int | None]
    scores: Mapped[bytes] = mapped_column(comment="supply_chain.risk.stored_scores")


class RunRegister(TenantScoped, Base):
    """All risks of one run as columns in salience order, for its register and its counts.

    Of a run that rests on another: the differences from that one.
    """

    __tablename__ = "run_register"
    __table_args__ = (UniqueConstraint("organisation_id", "run_id"),)
    is_append_only = True

    run_id: Mapped[UUID]
    content: Mapped[bytes] = mapped_column(
        comment="supply_chain.risk.register or register_changes, .npz"
    )


class FreshEvidence(TenantScoped, Base):
    """A node of which something is known that the current run of its map has not scored yet.

    Written in the transaction of the change itself, taken away by the run that scores it.
    """

    __tablename__ = "fresh_evidence"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        Index("ix_fresh_node", "organisation_id", "node_id"),
    )

    node_id: Mapped[UUID]


class SeverityJudgement(TenantScoped, Base):
    """The scale, scope and irremediability of an impact here, each with its reason."""

    __tablename__ = "severity_judgement"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("scale BETWEEN 1 AND 5", name="scale_range"),
        CheckConstraint("scope BETWEEN 1 AND 5", name="scope_range"),
        CheckConstraint("irremediability BETWEEN 1 AND 5", name="irremediability_range"),
        Index("ix_judgement_node", "organisation_id", "node_id", "issue"),
    )
    is_append_only = True
    moves_with_merge = True

    node_id: Mapped[UUID]
    issue: Mapped[Issue]
    scale: Mapped[int | None]
    scope: Mapped[int | None]
    irremediability: Mapped[int | None]
    vulnerable: Mapped[bool] = mapped_column(default=False, comment="RM-1.0 7.2: adds 1 to scale")
    reasons: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))


class FactKind(StrEnum):
    """Facts that override the model (RM-1.0 section 8)."""

    CONFIRMED = "confirmed"
    CREDIBLE = "credible"
    RED_FLAG = "red_flag"
    CLOSED = "closed"


class RiskFact(TenantScoped, Base):
    """A fact about a (node, issue): a confirmed impact, an allegation, a flag, a closure."""

    __tablename__ = "risk_fact"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        Index("ix_fact_node", "organisation_id", "node_id"),
    )

    node_id: Mapped[UUID]
    issue: Mapped[Issue]
    kind: Mapped[FactKind]
    found_by: Mapped[str | None] = mapped_column(comment="Detecting control, RM-1.0 8")
    self_disclosed: Mapped[bool] = mapped_column(default=False)
    cause_type: Mapped[str] = mapped_column(comment="finding, red_flag, case")
    cause_id: Mapped[UUID]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ControlRecord(TenantScoped, Base):
    """A control of a node against risk, as last judged: its coverage and evidence."""

    __tablename__ = "control_record"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("coverage BETWEEN 0 AND 1", name="coverage_range"),
        CheckConstraint("evidence BETWEEN 0 AND 1", name="evidence_range"),
        Index("ix_control_node", "organisation_id", "node_id", "control"),
    )
    is_append_only = True
    moves_with_merge = True

    node_id: Mapped[UUID]
    control: Mapped[str]
    coverage: Mapped[float] = mapped_column(comment="Share of people, sites or volume, 0..1")
    evidence: Mapped[float] = mapped_column(comment="0, .25, .5, .75 or .9 (RM-1.0 9)")
    verified_on: Mapped[date | None]
    cause_type: Mapped[str] = mapped_column(comment="action, review")
    cause_id: Mapped[UUID | None]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class ScoreChange(TenantScoped, Base):
    """A person's change of a score. Raising needs a note; lowering a second person."""

    __tablename__ = "score_change"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain_node", "node_id"),
        CheckConstraint("points BETWEEN 0 AND 100", name="points_range"),
        CheckConstraint("is_raise OR expires_on IS NOT NULL", name="lowering_expires"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_pair"),
    )

    node_id: Mapped[UUID]
    issue: Mapped[Issue]
    is_raise: Mapped[bool]
    points: Mapped[float] = mapped_column(comment="Points of likelihood asked for, 0..100")
    note: Mapped[str]
    expires_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    is_approved: Mapped[bool | None]
    ended_at: Mapped[datetime | None]


class SalienceNote(TenantScoped, Base):
    """Input of the salience order beyond scores: emergency, delay, involvement."""

    __tablename__ = "salience_note"
    __table_args__ = (
        belongs_to("value_chain_node", "node_id"),
        Index("ix_salience_node", "organisation_id", "node_id", "issue"),
    )
    is_append_only = True
    moves_with_merge = True

    node_id: Mapped[UUID]
    issue: Mapped[Issue]
    is_emergency: Mapped[bool] = mapped_column(default=False)
    delay_harms: Mapped[bool | None]
    involvement: Mapped[str | None]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
