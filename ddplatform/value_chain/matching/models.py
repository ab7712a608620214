"""Matching of records: pairs that were found, decisions of people, merges.

A moment (`*_at`) without a person (`*_by_id`) was a step of the platform itself (commands).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.matching.pairs import Decision


class PairState(StrEnum):
    """The state of a likely duplicate."""

    OPEN = "open"
    LATER = "later"
    SAME = "same"
    DIFFERENT = "different"
    COVERED = "covered"
    """A merge made it the same question as another pair."""


WAITING = (PairState.OPEN, PairState.LATER)


class DuplicatePair(TenantScoped, Base):
    """Two nodes of a map that may be one supplier, with the reasons and what was decided."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("value_chain_node", "left_id"),
        belongs_to("value_chain_node", "right_id"),
        UniqueConstraint("organisation_id", "left_id", "right_id"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),
        CheckConstraint("left_id <> right_id", name="two_nodes"),
        CheckConstraint("decided_by_id IS NULL OR decided_at IS NOT NULL", name="decided_pair"),
        Index("ix_pair_score", "organisation_id", "chain_id", "state", "score", "id"),
        Index("ix_pair_right", "organisation_id", "right_id"),
    )

    chain_id: Mapped[UUID]
    left_id: Mapped[UUID]
    right_id: Mapped[UUID]
    left_hash: Mapped[str] = mapped_column(comment="supply_chain.matching.record_content")
    right_hash: Mapped[str]
    score: Mapped[float] = mapped_column(comment="How likely they are one, 0..1")
    suggestion: Mapped[Decision] = mapped_column(comment="What the matcher would say")
    reasons: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[PairState] = mapped_column(default=PairState.OPEN)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012


class MatchDecision(TenantScoped, Base):
    """A decision on two contents, in whichever rows: never asked again."""

    __tablename__ = "match_decision"
    __table_args__ = (
        UniqueConstraint("organisation_id", "low_hash", "high_hash"),
        CheckConstraint("low_hash <= high_hash", name="in_order"),
    )

    low_hash: Mapped[str] = mapped_column(
        comment="supply_chain.matching.record_content, the lesser"
    )
    high_hash: Mapped[str]
    is_same: Mapped[bool]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class MatchRunKind(StrEnum):
    """The kind of a run."""

    SEARCH = "search"
    MERGE = "merge"


class MatchRun(TenantScoped, Base):
    """One piece of work on many pairs: a search of a map, or a merge of all above a score."""

    __tablename__ = "match_run"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        CheckConstraint("undone_by_id IS NULL OR undone_at IS NOT NULL", name="undone_pair"),
        Index("ix_run_chain", "organisation_id", "chain_id", "kind", "created_at"),
    )

    chain_id: Mapped[UUID]
    kind: Mapped[MatchRunKind]
    threshold: Mapped[float | None] = mapped_column(comment="Least score of a merge, 0..1")
    job_id: Mapped[UUID | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class NodeMerge(TenantScoped, Base):
    """Two nodes became one. The absorbed one stays as a source record; a split takes it out."""

    __tablename__ = "node_merge"
    __table_args__ = (
        tenant_key(),
        belongs_to("value_chain", "chain_id"),
        belongs_to("value_chain_node", "survivor_id"),
        belongs_to("value_chain_node", "absorbed_id"),
        belongs_to("duplicate_pair", "pair_id"),
        belongs_to("match_run", "run_id"),
        CheckConstraint("survivor_id <> absorbed_id", name="two_nodes"),
        CheckConstraint("split_by_id IS NULL OR split_at IS NOT NULL", name="split_pair"),
        UniqueConstraint("organisation_id", "chain_id", "number"),
        Index("ix_merge_survivor", "organisation_id", "survivor_id", "split_at"),
        Index("ix_merge_absorbed", "organisation_id", "absorbed_id", "split_at"),
        Index("ix_merge_run", "organisation_id", "run_id"),
    )

    chain_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(comment="From 1 in each map: the order of the merges")
    survivor_id: Mapped[UUID]
    absorbed_id: Mapped[UUID]
    survivor_hash: Mapped[str] = mapped_column(comment="Content before the merge")
    absorbed_hash: Mapped[str]
    pair_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    filled: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="field of the survivor -> [before, after]"
    )
    moved: Mapped[dict[str, Any]] = mapped_column(
        default=dict, deferred=True, comment="table.column -> ids of the rows that moved"
    )
    links: Mapped[dict[str, Any]] = mapped_column(
        default=dict, deferred=True, comment="Links that left the map or were joined"
    )
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    split_at: Mapped[datetime | None]
    split_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
