"""Official lists, their entries and their prompts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.together import Question
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.screening.models import (
    MatchAnswer,
    ScreeningDecision,
    ScreeningEntry,
    ScreeningList,
    ScreeningMatch,
)
from supply_chain.screening.entries import Entry, EntryStatus
from supply_chain.screening.releases import ListChanges, compare_releases

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
    changes: Mapping[str, int]
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
    """The prompts to show.

    Attributes:
        in_force: of entries that hold, or of those that do not any more.
        is_new: only those that the release before did not give for this site.
    """

    answer: MatchAnswer | None = MatchAnswer.OPEN
    list_id: UUID | None = None
    node_id: UUID | None = None
    in_force: bool = True
    is_new: bool = False


def list_lists() -> Sequence[ListRow]:
    """Every edition, those in use first, by name, the newest first."""
    waiting = (
        select(ScreeningMatch.list_id, func.count().label("open"))
        .join(ScreeningEntry, ScreeningEntry.id == ScreeningMatch.listed_id)
        .where(
            ScreeningMatch.answer == MatchAnswer.OPEN,
            ScreeningMatch.gone_at.is_(None),
            ScreeningEntry.status != EntryStatus.NO_LONGER_IN_FORCE,
        )
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
            ScreeningList.changes,
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


def as_core_entry(entry: ScreeningEntry) -> Entry:
    """An entry as `supply_chain.screening` reads it."""
    return Entry(
        row=entry.row,
        name=entry.name,
        aliases=tuple(entry.aliases),
        country=entry.country,
        region=entry.region,
        address=entry.address,
        entry_id=entry.entry_id,
        listed_on=entry.listed_on,
        note=entry.note,
        status=entry.status,
        section=entry.section,
    )


def list_releases(name: str) -> Sequence[ScreeningList]:
    """Every release of a list, the newest first."""
    return db.session.scalars(
        select(ScreeningList)
        .where(ScreeningList.name == name)
        .order_by(ScreeningList.created_at.desc(), ScreeningList.id)
    ).all()


def load_entries(list_id: UUID) -> tuple[Entry, ...]:
    """The entries of a release, in its order."""
    return tuple(map(as_core_entry, list_entries(list_id)))


def load_changes(release: ScreeningList) -> ListChanges | None:
    """The changes of a release against the one before; None for a first release."""
    if release.replaces_id is None:
        return None
    return compare_releases(load_entries(release.replaces_id), load_entries(release.id))


def count_new_matches(list_id: UUID) -> int:
    """Open prompts of a release, of entries in force, that the one before did not give."""
    wanted = MatchFilter(list_id=list_id, is_new=True)
    return db.session.scalar(_columns(func.count()).where(*_conditions(wanted))) or 0


def list_chain_versions() -> Mapping[UUID, int]:
    """Every map and its version."""
    rows = db.session.execute(select(ValueChain.id, ValueChain.version).order_by(ValueChain.id))
    return {chain_id: version for chain_id, version in rows}


def is_screened(release: ScreeningList) -> bool:
    """Whether a release was compared with every map as it stands."""
    versions = list_chain_versions()
    return all(release.screened.get(str(key)) == version for key, version in versions.items())


def list_matches_of(list_id: UUID, chain_id: UUID) -> Sequence[ScreeningMatch]:
    """Every prompt of an edition at nodes of one map, also of nodes that left it."""
    return db.session.scalars(
        select(ScreeningMatch)
        .join(ValueChainNode, ValueChainNode.id == ScreeningMatch.node_id)
        .where(ScreeningMatch.list_id == list_id, ValueChainNode.chain_id == chain_id)
        .order_by(ScreeningMatch.id)
    ).all()


def load_said() -> Mapping[tuple[str, str], ScreeningDecision]:
    """Hashes of entry and node -> the decision on them."""
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
        _columns(*_SHOWN)
        .where(*conditions)
        .order_by(-ScreeningMatch.score, ScreeningMatch.id)
        .limit(limit + 1)
    ).all()
    page = [MatchRow(**row._mapping) for row in rows[:limit]]
    return page, (-page[-1].score, page[-1].id) if len(rows) > limit else None


def select_matches_of(node_id: UUID) -> Question[Sequence[MatchRow]]:
    """Asks for the prompts at one node, the most alike first."""
    return Question(
        (_columns(*_SHOWN).where(*_conditions(MatchFilter(node_id=node_id))),),
        lambda rows: [MatchRow(**row._mapping) for row in rows],
        (-ScreeningMatch.score, ScreeningMatch.id),
        PAGE_SIZE,
    )


_SHOWN = (
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


def _columns(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(ScreeningMatch)
        .join(ScreeningList, ScreeningList.id == ScreeningMatch.list_id)
        .join(ScreeningEntry, ScreeningEntry.id == ScreeningMatch.listed_id)
        .join(ValueChainNode, ValueChainNode.id == ScreeningMatch.node_id)
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
    )


def _conditions(wanted: MatchFilter) -> list[ColumnElement[bool]]:
    current = select(ScreeningList.id).where(ScreeningList.superseded_at.is_(None))
    found: list[ColumnElement[bool]] = [
        ScreeningMatch.gone_at.is_(None),
        ScreeningMatch.list_id.in_(current),
        (ScreeningEntry.status != EntryStatus.NO_LONGER_IN_FORCE) == wanted.in_force,
    ]
    if wanted.answer is not None:
        found.append(ScreeningMatch.answer == wanted.answer)
    if wanted.list_id is not None:
        found.append(ScreeningMatch.list_id == wanted.list_id)
    if wanted.node_id is not None:
        found.append(ScreeningMatch.node_id == wanted.node_id)
    if wanted.is_new:
        found.append(~_was_given_before())
    return found


def _was_given_before() -> ColumnElement[bool]:
    """The release before gave the same entry for the same site."""
    earlier = aliased(ScreeningMatch)
    return exists().where(
        earlier.list_id == ScreeningList.replaces_id,
        earlier.node_id == ScreeningMatch.node_id,
        earlier.entry_hash == ScreeningMatch.entry_hash,
    )
