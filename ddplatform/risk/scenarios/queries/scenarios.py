"""What-ifs: tried on the current map with today's evidence, stored under a name, compared."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.registry import Registry
from ddplatform.risk.scenario_scores.queries import Begin, load_begin
from ddplatform.risk.scenarios.models import SavedScenario
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.analysis.what_if import Counts, Effect, WhatIf, try_changes
from supply_chain.analysis.what_if_changes import (
    IN_PLACE_OF,
    Change,
    ChangeShare,
    Problem,
    problems_of,
)
from supply_chain.graph.unknown_origins import PREFIX
from supply_chain.vocabulary import Issue

SHOWN = 200
"""Most kept what-ifs that a page lists."""
OPEN_FINDINGS: Registry[Callable[[ColumnElement[bool]], Select[UUID, str, str, Issue]]] = Registry(
    "findings that are open"
)
"""Table -> the open findings at the nodes that a condition names, the newest first.

Columns: `id`, `external_ref` of the node, `title`, `issue`.
"""


@dataclass(frozen=True)
class Tried:
    """Changes tried on a map: their effects, and the changes that cannot be tried."""

    what_if: WhatIf
    changes: tuple[Change, ...]  # those that were tried
    problems: tuple[Problem, ...]  # places count all changes that were asked for


class Place(StrEnum):
    """The subject of a ref."""

    NODE = "node"
    ORIGIN = "origin"
    """The unmapped origin of inputs of the node."""
    STAND_IN = "stand_in"
    """The substitute of the node once it is closed."""


@dataclass(frozen=True)
class NodeName:
    """The name of a ref, from the node on the map; `id` None: it has no page of its own."""

    id: UUID | None
    name: str
    country: str | None
    place: Place = Place.NODE


@dataclass(frozen=True)
class SavedOnMap:
    """The common part of what-ifs and plans: computed on a version of a map, saved under a name."""

    id: UUID
    chain_id: UUID
    chain_name: str
    name: str
    chain_version: int
    """Of the map today."""
    map_version: int
    """Of the map when it was worked out."""
    as_of: date
    created_at: datetime
    created_by: str

    @property
    def is_stale(self) -> bool:
        """Whether the map changed since."""
        return self.map_version != self.chain_version


@dataclass(frozen=True)
class SavedRow(SavedOnMap):
    """A kept what-if in the list."""

    changes: list[dict[str, object]]
    higher: int
    lower: int


@dataclass(frozen=True)
class Moved:
    """The effects of a what-if, with the names of the nodes."""

    own: tuple[Effect, ...]
    effects: tuple[Effect, ...]
    counts: Counts
    names: Mapping[str, NodeName]


@dataclass(frozen=True)
class OpenFinding:
    """A finding under which an action can be planned."""

    id: UUID
    node_ref: str
    title: str
    issue: str


def try_on_map(chain_id: UUID, changes: Sequence[Change], as_of: date) -> Tried:
    """The effect of the changes on the map of today; impossible changes are left out."""
    return try_from(load_begin(get_chain(chain_id), as_of), changes)


@many_objects()
def try_from(begin: Begin, changes: Sequence[Change]) -> Tried:
    """The same, on a map with what it scores as it is."""
    known = begin.known
    problems = problems_of(known.graph, changes, begin.scores.reference)
    bad = {problem.place for problem in problems}
    sound = tuple(change for place, change in enumerate(changes) if place not in bad)
    found = try_changes(known.graph, known.evidence, sound, before=begin.scores)
    return Tried(found, sound, problems)


def load_moved(
    chain_id: UUID, tried: Tried, issue: Issue | None, *, most: int, also: Iterable[str] = ()
) -> Moved:
    """The effects of a what-if: on the own business, and on up to `most` other nodes.

    Args:
        also: refs that are named besides.
    """
    own = tuple(tried.what_if.own_effects(issue))
    effects = tuple(tried.what_if.effects(limit=most, issue=issue))
    refs = {*also, *(effect.node for effect in (*own, *effects))}
    return Moved(own, effects, tried.what_if.counts(issue), load_names(chain_id, refs))


def refs_of(changes: Iterable[Change]) -> set[str]:
    """Nodes that changes name."""
    found: set[str] = set()
    for change in changes:
        found |= (
            {change.buyer, change.supplier} if isinstance(change, ChangeShare) else {change.node}
        )
    return found


def load_names(chain_id: UUID, refs: Iterable[str]) -> dict[str, NodeName]:
    """Names by ref, of unknown origins too; one statement. What is gone is named by its ref."""
    wanted = set(refs)
    bases = {_base(ref) for ref in wanted}
    rows = db.session.execute(
        select(
            ValueChainNode.external_ref,
            ValueChainNode.id,
            ValueChainNode.name,
            ValueChainNode.country,
        ).where(ValueChainNode.chain_id == chain_id, ValueChainNode.external_ref.in_(bases))
    ).all()
    known = {row.external_ref: NodeName(row.id, row.name, row.country) for row in rows}
    return {ref: _name(ref, known) for ref in wanted}


def _name(ref: str, known: dict[str, NodeName]) -> NodeName:
    found = known.get(_base(ref), NodeName(None, _base(ref), None))
    if ref == _base(ref):
        return found
    place = Place.ORIGIN if ref.startswith(PREFIX) else Place.STAND_IN
    return NodeName(None, found.name, None, place)


def _base(ref: str) -> str:
    """The id of the node on the map that an unknown origin or a stand-in belongs to."""
    return ref.removeprefix(PREFIX).removeprefix(IN_PLACE_OF)


def list_saved() -> Sequence[SavedRow]:
    """The kept what-ifs of all maps, newest first, `SHOWN` at most."""
    rows = db.session.execute(
        _kept_columns()
        .where(SavedScenario.archived_at.is_(None))
        .order_by(SavedScenario.created_at.desc(), SavedScenario.id)
        .limit(SHOWN)
    ).all()
    return [SavedRow(**row._mapping) for row in rows]


def find_saved_by_name(chain_id: UUID, name: str) -> SavedRow | None:
    """The newest what-if of a map that is kept under this name."""
    row = db.session.execute(
        _kept_columns()
        .where(
            SavedScenario.chain_id == chain_id,
            SavedScenario.name == name,
            SavedScenario.archived_at.is_(None),
        )
        .order_by(SavedScenario.created_at.desc(), SavedScenario.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else SavedRow(**row._mapping)


def get_saved_row(what_if_id: UUID) -> SavedRow:
    """One kept what-if, or NotFound."""
    row = get_row(
        _kept_columns().where(SavedScenario.id == what_if_id, SavedScenario.archived_at.is_(None))
    )
    return SavedRow(**row._mapping)


def get_saved(what_if_id: UUID) -> SavedScenario:
    """The row itself, to change it, or NotFound."""
    return get_one(
        select(SavedScenario).where(
            SavedScenario.id == what_if_id, SavedScenario.archived_at.is_(None)
        )
    )


def _kept_columns() -> Any:
    return (
        select(
            SavedScenario.id,
            SavedScenario.chain_id,
            ValueChain.name.label("chain_name"),
            SavedScenario.name,
            SavedScenario.changes,
            SavedScenario.chain_version,
            ValueChain.version.label("map_version"),
            SavedScenario.as_of,
            SavedScenario.higher,
            SavedScenario.lower,
            SavedScenario.created_at,
            User.name.label("created_by"),
        )
        .join(ValueChain, ValueChain.id == SavedScenario.chain_id)
        .join(User, User.id == SavedScenario.created_by_id)
    )


def list_open_findings(chain_id: UUID, refs: Iterable[str]) -> Sequence[OpenFinding]:
    """Findings that are still open at these nodes, newest first."""
    nodes = and_(ValueChainNode.chain_id == chain_id, ValueChainNode.external_ref.in_(set(refs)))
    return [
        OpenFinding(row.id, row.external_ref, row.title, row.issue.value)
        for select_findings in OPEN_FINDINGS
        for row in db.session.execute(select_findings(nodes))
    ]
