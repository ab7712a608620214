"""Official lists, their entries, and the prompts they give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from ddplatform.db import db
from ddplatform.models.screening import (
    MatchAnswer,
    ScreeningDecision,
    ScreeningEntry,
    ScreeningList,
    ScreeningMatch,
)
from ddplatform.models.value_chain import ValueChain, ValueChainNode
from ddplatform.queries.one_row import get_one
from supply_chain.screening.lists import Entry

PAGE_SIZE = 50
ENTRIES_SHOWN = 200


@dataclass(frozen=True)
class ListRow:
    """An edition as the page of lists shows it; `open` prompts wait for a person."""

    id: UUID
    name: str
    publisher: str
    edition_on: date
    coverage: str
    entries: int
    created_at: datetime
    superseded_at: datetime | None
    open: int


@dataclass(frozen=True)
class MatchRow:
    """A prompt as a list shows it."""

    id: UUID
    score: float
    matched_name: str
    list_name: str
    edition_on: date
    node_id: UUID
    node_name: str
    country: str | None
    chain_name: str
    answer: MatchAnswer
    decided_at: datetime | None


@dataclass(frozen=True)
class MatchFilter:
    """Which prompts to show."""

    answer: MatchAnswer | None = MatchAnswer.OPEN
    list_id: UUID | None = None
    node_id: UUID | None = None


def list_lists() -> Sequence[ListRow]:
    """Every edition, those in use first, by name, the newest first."""
    waiting = (
        select(ScreeningMatch.list_id, func.count().label("open"))
        .where(ScreeningMatch.answer == MatchAnswer.OPEN, ScreeningMatch.gone_at.is_(None))
        .group_by(ScreeningMatch.list_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            ScreeningList.id,
            ScreeningList.name,
            ScreeningList.publisher,
            ScreeningList.edition_on,
            ScreeningList.coverage,
            ScreeningList.entries,
            ScreeningList.created_at,
            ScreeningList.superseded_at,
            func.coalesce(waiting.c.open, 0).label("open"),
        )
        .outerjoin(waiting, waiting.c.list_id == ScreeningList.id)
        .order_by(
            ScreeningList.superseded_at.is_not(None),
            ScreeningList.name,
            ScreeningList.created_at.desc(),
            ScreeningList.id,
        )
    ).all()
    return [ListRow(**row._mapping) for row in rows]


def get_list(list_id: UUID) -> ScreeningList:
    """An edition, or NotFound."""
    return get_one(select(ScreeningList).where(ScreeningList.id == list_id))


def list_current() -> Sequence[ScreeningList]:
    """The editions in use, by name."""
    return db.session.scalars(
        select(ScreeningList)
        .where(ScreeningList.superseded_at.is_(None))
        .order_by(ScreeningList.name, ScreeningList.id)
    ).all()


def list_known_checksums() -> set[str]:
    """The checksums of every edition that was ever taken in."""
    return set(db.session.scalars(select(ScreeningList.sha256)))


def list_entries(list_id: UUID, *, limit: int | None = None) -> Sequence[ScreeningEntry]:
    """The entries of an edition in its order."""
    statement = (
        select(ScreeningEntry)
        .where(ScreeningEntry.list_id == list_id)
        .order_by(ScreeningEntry.place)
    )
    return db.session.scalars(statement.limit(limit) if limit else statement).all()


def as_bedrock(entry: ScreeningEntry) -> Entry:
    """An entry as the bedrock reads it."""
    return Entry(
        row=entry.row,
        name=entry.name,
        aliases=tuple(entry.aliases),
        country=entry.country,
        region=entry.region,
        address=entry.address,
    )


def list_chain_versions() -> Mapping[UUID, int]:
    """Every map and its version."""
    rows = db.session.execute(select(ValueChain.id, ValueChain.version).order_by(ValueChain.id))
    return {chain_id: version for chain_id, version in rows}


def list_matches_of(list_id: UUID, chain_id: UUID) -> Sequence[ScreeningMatch]:
    """Every prompt of an edition at nodes of one map, also of nodes that left it."""
    return db.session.scalars(
        select(ScreeningMatch)
        .join(ValueChainNode, ValueChainNode.id == ScreeningMatch.node_id)
        .where(ScreeningMatch.list_id == list_id, ValueChainNode.chain_id == chain_id)
        .order_by(ScreeningMatch.id)
    ).all()


def load_said() -> Mapping[tuple[str, str], ScreeningDecision]:
    """Hashes of entry and node -> what was said of them."""
    return {
        (row.entry_hash, row.node_hash): row
        for row in db.session.scalars(select(ScreeningDecision))
    }


def get_match(match_id: UUID, *, for_change: bool = False) -> ScreeningMatch:
    """A prompt, or NotFound."""
    statement = select(ScreeningMatch).where(ScreeningMatch.id == match_id)
    return get_one(statement, for_change=for_change)


def get_entry(entry_id: UUID) -> ScreeningEntry:
    """An entry, or NotFound."""
    return get_one(select(ScreeningEntry).where(ScreeningEntry.id == entry_id))


def list_matches(
    wanted: MatchFilter, *, after: tuple[float, UUID] | None = None, limit: int = PAGE_SIZE
) -> tuple[Sequence[MatchRow], tuple[float, UUID] | None]:
    """A page of prompts, the most alike first, and where the next page begins."""
    conditions = _conditions(wanted)
    if after is not None:
        place = tuple_(-ScreeningMatch.score, ScreeningMatch.id)
        conditions.append(place > after)
    rows = db.session.execute(
        _columns()
        .where(*conditions)
        .order_by(-ScreeningMatch.score, ScreeningMatch.id)
        .limit(limit + 1)
    ).all()
    page = [MatchRow(**row._mapping) for row in rows[:limit]]
    return page, (-page[-1].score, page[-1].id) if len(rows) > limit else None


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ScreeningMatch.id,
            ScreeningMatch.score,
            ScreeningMatch.matched_name,
            ScreeningList.name.label("list_name"),
            ScreeningList.edition_on,
            ScreeningMatch.node_id,
            ValueChainNode.name.label("node_name"),
            ValueChainNode.country,
            ValueChain.name.label("chain_name"),
            ScreeningMatch.answer,
            ScreeningMatch.decided_at,
        )
        .select_from(ScreeningMatch)
        .join(ScreeningList, ScreeningList.id == ScreeningMatch.list_id)
        .join(ValueChainNode, ValueChainNode.id == ScreeningMatch.node_id)
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
    )


def _conditions(wanted: MatchFilter) -> list[ColumnElement[bool]]:
    current = select(ScreeningList.id).where(ScreeningList.superseded_at.is_(None))
    found: list[ColumnElement[bool]] = [
        ScreeningMatch.gone_at.is_(None),
        ScreeningMatch.list_id.in_(current),
    ]
    if wanted.answer is not None:
        found.append(ScreeningMatch.answer == wanted.answer)
    if wanted.list_id is not None:
        found.append(ScreeningMatch.list_id == wanted.list_id)
    if wanted.node_id is not None:
        found.append(ScreeningMatch.node_id == wanted.node_id)
    return found
