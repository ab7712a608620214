"""What-ifs: tried on a map as it stands and as it is known today, kept under a name, compared."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.registry import Registry
from ddplatform.risk.scenario_scores.queries import Begin, load_begin
from ddplatform.risk.scenarios.models import KeptWhatIf
from ddplatform.risk.words.kept_on_map import KeptOnMap
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.analysis.what_if import WhatIf, try_changes
from supply_chain.analysis.what_if_changes import IN_PLACE_OF, Change, Problem, problems_of
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
    """Changes tried on a map: what they would do, and which of them cannot be tried."""

    what_if: WhatIf
    changes: tuple[Change, ...]  # those that were tried
    problems: tuple[Problem, ...]  # places count all changes that were asked for


@dataclass(frozen=True)
class NodeName:
    """A node as pages name it; `id` None: an unknown origin."""

    id: UUID | None
    name: str
    country: str | None


@dataclass(frozen=True)
class KeptRow(KeptOnMap):
    """A kept what-if in the list."""

    changes: list[dict[str, object]]
    higher: int
    lower: int


@dataclass(frozen=True)
class OpenFinding:
    """A finding under which an action can be planned."""

    id: UUID
    node_ref: str
    title: str
    issue: str


def try_on_map(chain_id: UUID, changes: Sequence[Change], as_of: date) -> Tried:
    """What the changes would do to the map of today; those that cannot be tried are left out."""
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
    if ref.startswith(PREFIX):
        return NodeName(None, f"Unknown origin of what {found.name} buys", None)
    return NodeName(None, f"Whatever takes the place of {found.name}", None)


def _base(ref: str) -> str:
    """The id of the node on the map that an unknown origin or a stand-in belongs to."""
    return ref.removeprefix(PREFIX).removeprefix(IN_PLACE_OF)


def list_kept() -> Sequence[KeptRow]:
    """The kept what-ifs of all maps, newest first, `SHOWN` at most."""
    rows = db.session.execute(
        _kept_columns()
        .where(KeptWhatIf.archived_at.is_(None))
        .order_by(KeptWhatIf.created_at.desc(), KeptWhatIf.id)
        .limit(SHOWN)
    ).all()
    return [KeptRow(**row._mapping) for row in rows]


def find_kept_called(chain_id: UUID, name: str) -> KeptRow | None:
    """The newest what-if of a map that is kept under this name."""
    row = db.session.execute(
        _kept_columns()
        .where(
            KeptWhatIf.chain_id == chain_id,
            KeptWhatIf.name == name,
            KeptWhatIf.archived_at.is_(None),
        )
        .order_by(KeptWhatIf.created_at.desc(), KeptWhatIf.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else KeptRow(**row._mapping)


def get_kept_row(what_if_id: UUID) -> KeptRow:
    """One kept what-if, or NotFound."""
    row = get_row(
        _kept_columns().where(KeptWhatIf.id == what_if_id, KeptWhatIf.archived_at.is_(None))
    )
    return KeptRow(**row._mapping)


def get_kept(what_if_id: UUID) -> KeptWhatIf:
    """The row itself, to change it, or NotFound."""
    return get_one(
        select(KeptWhatIf).where(KeptWhatIf.id == what_if_id, KeptWhatIf.archived_at.is_(None))
    )


def _kept_columns() -> Any:
    return (
        select(
            KeptWhatIf.id,
            KeptWhatIf.chain_id,
            ValueChain.name.label("chain_name"),
            KeptWhatIf.name,
            KeptWhatIf.changes,
            KeptWhatIf.chain_version,
            ValueChain.version.label("map_version"),
            KeptWhatIf.as_of,
            KeptWhatIf.higher,
            KeptWhatIf.lower,
            KeptWhatIf.created_at,
            User.name.label("created_by"),
        )
        .join(ValueChain, ValueChain.id == KeptWhatIf.chain_id)
        .join(User, User.id == KeptWhatIf.created_by_id)
    )


def list_open_findings(chain_id: UUID, refs: Iterable[str]) -> Sequence[OpenFinding]:
    """Findings that are still open at these nodes, newest first."""
    nodes = and_(ValueChainNode.chain_id == chain_id, ValueChainNode.external_ref.in_(set(refs)))
    return [
        OpenFinding(row.id, row.external_ref, row.title, row.issue.value)
        for select_findings in OPEN_FINDINGS
        for row in db.session.execute(select_findings(nodes))
    ]
