"""Official lists, and the nodes that may be on them: prompts for people, never verdicts."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ddplatform.infrastructure.db import Base
from ddplatform.infrastructure.tenancy import TenantScoped
from ddplatform.infrastructure.tenant_keys import belongs_to, tenant_key
from supply_chain.screening.entries import EntryStatus
from supply_chain.vocabulary import Issue


class MatchAnswer(StrEnum):
    """The answer of a person on an entry and a node."""

    OPEN = "open"
    SAME = "same"
    NOT_SAME = "not_same"
    UNSURE = "unsure"


class ScreeningList(TenantScoped, Base):
    """One edition of an official list. A newer edition of the same name takes its place."""

    __tablename__ = "screening_list"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("organisation_id", "name", "sha256"),
        Index("ix_screening_list_current", "organisation_id", "superseded_at", "name", "id"),
    )

    name: Mapped[str]
    publisher: Mapped[str]
    edition_on: Mapped[date] = mapped_column(comment="Day of the edition")
    licence: Mapped[str]
    source_url: Mapped[str]
    coverage: Mapped[str] = mapped_column(default="", comment="What is missing, if partial")
    issue: Mapped[Issue] = mapped_column(comment="What being on the list is about")
    kind: Mapped[str] = mapped_column(
        default="", comment="Ref of a known official list (screening_words.yaml); empty: another"
    )
    filename: Mapped[str]
    sha256: Mapped[str]
    entries: Mapped[int]
    screened: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="Map -> its version when it was last compared"
    )
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    superseded_at: Mapped[datetime | None]
    replaces_id: Mapped[UUID | None] = mapped_column(comment="The release before, of this name")
    changes: Mapped[dict[str, Any]] = mapped_column(
        default=dict, comment="new, gone, ended, resumed -> entries; empty for a first release"
    )


class ScreeningEntry(TenantScoped, Base):
    """One business of an edition, as the list names it."""

    __tablename__ = "screening_entry"
    __table_args__ = (
        tenant_key(),
        belongs_to("screening_list", "list_id"),
        UniqueConstraint("organisation_id", "list_id", "place"),
    )
    is_append_only = True

    list_id: Mapped[UUID]
    place: Mapped[int]
    row: Mapped[int] = mapped_column(comment="Line of the file")
    name: Mapped[str]
    aliases: Mapped[list[str]]
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 alpha-2")
    region: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[str] = mapped_column(default="", comment="As the list numbers it")
    listed_on: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[EntryStatus] = mapped_column(default=EntryStatus.IN_FORCE)
    section: Mapped[str] = mapped_column(default="", comment="Table of a page, by its heading")
    content_hash: Mapped[str]


class ScreeningMatch(TenantScoped, Base):
    """An entry and a node that may be one, with score, reasons and a person's answer."""

    __tablename__ = "screening_match"
    __table_args__ = (
        tenant_key(),
        belongs_to("screening_list", "list_id"),
        belongs_to("screening_entry", "listed_id"),
        belongs_to("value_chain_node", "node_id"),
        UniqueConstraint("organisation_id", "listed_id", "node_id"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_pair"),
        Index("ix_screening_match_state", "organisation_id", "answer", "score", "id"),
        Index("ix_screening_match_node", "organisation_id", "node_id"),
    )

    list_id: Mapped[UUID]
    listed_id: Mapped[UUID]
    node_id: Mapped[UUID]
    entry_hash: Mapped[str]
    node_hash: Mapped[str]
    matched_name: Mapped[str] = mapped_column(comment="Name or alias of the entry")
    score: Mapped[float] = mapped_column(comment="How alike they are, 0..1")
    reasons: Mapped[list[str]]
    answer: Mapped[MatchAnswer] = mapped_column(default=MatchAnswer.OPEN)
    note: Mapped[str] = mapped_column(default="")
    finding_id: Mapped[UUID | None] = mapped_column(comment="Recorded when it was confirmed")
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None] = mapped_column(comment="Not alike any more")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class ScreeningDecision(TenantScoped, Base):
    """A decision on two contents, in whichever edition and row: not asked again."""

    __tablename__ = "screening_decision"
    __table_args__ = (UniqueConstraint("organisation_id", "entry_hash", "node_hash"),)

    entry_hash: Mapped[str] = mapped_column(comment="supply_chain.screening.matches")
    node_hash: Mapped[str] = mapped_column(comment="supply_chain.matching.record_content")
    answer: Mapped[MatchAnswer]
    note: Mapped[str] = mapped_column(default="")
    finding_id: Mapped[UUID | None]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
