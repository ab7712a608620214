"""Map at the end of a past day, with all later changes reversed (ADR 12)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db, end_of
from ddplatform.value_chain.history.models import MapChange, MapStep, Part
from ddplatform.value_chain.history.queries.values import typed
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode

Words = Mapping[type[Part], Mapping[UUID, Mapping[str, Any]]]


@dataclass(frozen=True)
class Change:
    """The values of a part of a map before the step that made a version."""

    version: int
    model: type[Part]
    part_id: UUID
    before: Mapping[str, Any]


@dataclass(frozen=True)
class Past:
    """A day of a map: its version at the end of it, and what parts said that changed since."""

    day: date
    version: int
    words: Words

    @property
    def end(self) -> datetime:
        """Midnight after the day: later records did not exist then."""
        return end_of(self.day)

    def stood(self, model: type[Part], rows: Iterable[Any]) -> Iterator[Any]:
        """The rows that were part of the map on the day, in the words of the day.

        Args:
            rows: with `id`, `created_at`, `archived_at` and any other columns of the model.
        """
        return (told for row in rows if (told := self.told(model, row)) is not None)

    def told(self, model: type[Part], row: Any) -> Any | None:
        """One row in the words of the day; None where it was not part of the map."""
        if row.created_at >= self.end:
            return None
        before = self.words[model].get(row.id)
        told = SimpleNamespace(**{**row._mapping, **before}) if before else row
        return told if told.archived_at is None or told.archived_at >= self.end else None

    def name_of(self, chain: ValueChain) -> str:
        """The name of the map at that time."""
        name: str = self.words[ValueChain].get(chain.id, {}).get("name", chain.name)
        return name


def load_past(chain: ValueChain, day: date) -> Past:
    """A map on a day; two statements, and rows only for what was changed since."""
    version = version_on(chain, day)
    return Past(day, version, put_back(load_changes(chain.id, after=version)))


def version_on(chain: ValueChain, day: date) -> int:
    """The version that a map had at the end of a day."""
    first_later = db.session.scalar(
        select(func.min(MapStep.version)).where(
            MapStep.chain_id == chain.id, MapStep.made_at >= end_of(day)
        )
    )
    return chain.version if first_later is None else first_later - 1


@many_objects()
def load_changes(chain_id: UUID, *, after: int) -> Sequence[Change]:
    """The changes of a map since a version of it, newest first."""
    rows = db.session.execute(
        select(MapStep.version, MapChange.node_id, MapChange.link_id, MapChange.before)
        .join(MapChange, MapChange.step_id == MapStep.id)
        .where(MapStep.chain_id == chain_id, MapStep.version > after)
        .order_by(MapStep.version.desc())
    )
    return [change_of(chain_id, *row) for row in rows]


def change_of(
    chain_id: UUID,
    version: int,
    node_id: UUID | None,
    link_id: UUID | None,
    before: Mapping[str, Any],
) -> Change:
    """A row of the history; one without a node and a link is of the map itself."""
    model: type[Part] = ValueChainNode if node_id else SupplyLink if link_id else ValueChain
    return Change(version, model, node_id or link_id or chain_id, typed(model, before))


def put_back(changes: Iterable[Change], *, after: int = 0) -> Words:
    """The values of parts of a map at a version: of all changes since, the oldest counts.

    Args:
        changes: newest first.
        after: the version; changes up to it are left alone.
    """
    words: dict[type[Part], dict[UUID, dict[str, Any]]] = {
        ValueChain: {},
        ValueChainNode: {},
        SupplyLink: {},
    }
    for change in changes:
        if change.version > after:
            words[change.model].setdefault(change.part_id, {}).update(change.before)
    return words
