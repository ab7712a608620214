"""Comparison of two days of a map: additions, removals, changes, their author, day and reason."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, or_, select

from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.history.models import TRACKED, MapChange, MapStep, Part
from ddplatform.value_chain.history.queries.on_day import FEW
from ddplatform.value_chain.history.queries.past import (
    Change,
    Past,
    load_changes,
    put_back,
    version_on,
)
from ddplatform.value_chain.history.queries.steps import Step, Steps, load_steps
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode

KEYED = ("external_ids", "attributes")
"""Columns of many values, told one by one: `attributes.workers`."""


class What(StrEnum):
    """The subject of a difference between two days."""

    MAP = "map"
    NODE = "node"
    LINK = "link"


class How(StrEnum):
    """The kind of a difference between two days."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same; of a change one value, before and after."""

    what: What
    how: How
    part_id: UUID
    name: str
    """Of a link: `Supplier → Buyer`."""
    step: Step | None
    """None where the history has no record."""
    field: str = ""
    before: Any = None
    after: Any = None
    node_id: UUID | None = None
    """The node to open: itself, or the supplier of a link."""


@dataclass(frozen=True)
class Compared:
    """Two days of a map, the map and its nodes and links in order, each by name."""

    first: Past
    second: Past
    differences: tuple[Difference, ...]
    names: Mapping[UUID, str]
    """Of nodes that values name: who operates a node, the ends of a link."""


ARROW = " → "
_MODELS: Mapping[What, type[Part]] = {
    What.MAP: ValueChain,
    What.NODE: ValueChainNode,
    What.LINK: SupplyLink,
}


@many_objects()
def compare_days(chain: ValueChain, first: date, second: date) -> Compared:
    """The differences between the ends of two days.

    Only parts changed, added or removed since the first day are read, whatever the size of
    the map; the statements are as many as for two equal days.
    """
    changes = load_changes(chain.id, after=version_on(chain, first))
    start = Past(first, version_on(chain, first), put_back(changes))
    last = version_on(chain, second)
    end = Past(second, last, put_back(changes, after=last))
    steps = load_steps(chain.id, MapStep.version > start.version, MapStep.version <= last)
    finder = _Finder(start, end, _newest(changes, last), steps)
    nodes = list(finder.pairs(ValueChainNode, _touched(ValueChainNode, chain.id, start)))
    links = list(finder.pairs(SupplyLink, _touched(SupplyLink, chain.id, start)))
    names = _names(chain.id, nodes, links)
    found = [
        *finder.of_map(chain),
        *finder.differences(What.NODE, nodes, lambda told: told.name),
        *finder.differences(What.LINK, links, lambda told: _ends(told, names)),
    ]
    order = list(What)
    found.sort(key=lambda one: (order.index(one.what), one.name.casefold(), str(one.part_id)))
    return Compared(start, end, tuple(found), names)


Pair = tuple[Any, Any | None, Any | None]
"""A row of today, what it said on the first day and on the second; None: not in the map."""


@dataclass(frozen=True)
class _Finder:
    start: Past
    end: Past
    newest: Mapping[tuple[UUID, str], int]
    steps: Steps

    def pairs(self, model: type[Part], rows: Iterable[Row[Any]]) -> Iterator[Pair]:
        for row in rows:
            yield row, self.start.told(model, row), self.end.told(model, row)

    def of_map(self, chain: ValueChain) -> Iterator[Difference]:
        now = {name: getattr(chain, name) for name in TRACKED[ValueChain]}
        old, new = (
            {**now, **past.words[ValueChain].get(chain.id, {})} for past in (self.start, self.end)
        )
        plain = Difference(What.MAP, How.CHANGED, chain.id, new["name"], None)
        yield from self._changed(plain, old, new)

    def differences(
        self, what: What, pairs: Iterable[Pair], name: Callable[[Any], str]
    ) -> Iterator[Difference]:
        for row, old, new in pairs:
            told = new or old
            if told is None:
                continue
            node_id = row.id if what is What.NODE else told.supplier_id
            plain = Difference(what, How.CHANGED, row.id, name(told), None, node_id=node_id)
            if old is None:
                yield replace(plain, how=How.NEW, step=self._came(row))
            elif new is None:
                yield replace(plain, how=How.GONE, step=self._left(_MODELS[what], row))
            elif row.id in self.start.words[_MODELS[what]]:
                yield from self._changed(plain, _values(what, old), _values(what, new))

    def _changed(
        self, plain: Difference, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterator[Difference]:
        for name in old:
            for field, before, after in field_changes(name, old[name], new[name]):
                step = self.steps.of(self.newest.get((plain.part_id, name)))
                yield replace(plain, field=field, before=before, after=after, step=step)

    def _came(self, row: Any) -> Step | None:
        if row.created_at >= self.start.end:
            return self.steps.at(row.created_at, adds=True)
        return self.steps.of(self.newest.get((row.id, "archived_at")))

    def _left(self, model: type[Part], row: Any) -> Step | None:
        said = self.end.words[model].get(row.id, {})
        moment: datetime | None = said.get("archived_at", row.archived_at)
        found = self.steps.at(moment, adds=False)
        return found or self.steps.of(self.newest.get((row.id, "archived_at")))


def field_changes(name: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """The values of a column that differ: one, or one for each key that does."""
    if before == after:
        return
    if name not in KEYED:
        yield name, before, after
        return
    old, new = before or {}, after or {}
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield f"{name}.{key}", old.get(key), new.get(key)


def _values(what: What, told: Any) -> dict[str, Any]:
    names = (name for name in TRACKED[_MODELS[what]] if name != "archived_at")
    return {name: getattr(told, name) for name in names}


def _newest(changes: Iterable[Change], last: int) -> dict[tuple[UUID, str], int]:
    """Part and column -> the last version up to `last` that changed it."""
    found: dict[tuple[UUID, str], int] = {}
    for change in changes:
        if change.version <= last:
            for name in change.before:
                found.setdefault((change.part_id, name), change.version)
    return found


def _touched(
    model: type[ValueChainNode | SupplyLink], chain_id: UUID, start: Past
) -> Sequence[Row[Any]]:
    """The parts added, removed or changed in a map since a day."""
    part = MapChange.node_id if model is ValueChainNode else MapChange.link_id
    changed = (
        select(part)
        .join(MapStep, MapStep.id == MapChange.step_id)
        .where(MapStep.chain_id == chain_id, MapStep.version > start.version, part.is_not(None))
    )
    return db.session.execute(
        tracked(model).where(
            model.chain_id == chain_id,
            or_(
                model.created_at >= start.end,
                model.archived_at >= start.end,
                model.id.in_(changed),
            ),
        )
    ).all()


def tracked(model: type[ValueChainNode | SupplyLink]) -> Select[*tuple[Any, ...]]:
    """The columns of nodes or links whose words are kept, with the key and when it came."""
    columns: list[ColumnElement[Any]] = [getattr(model, name) for name in TRACKED[model]]
    return select(model.id, model.created_at, *columns)


def load_links_of(node: ValueChainNode) -> Sequence[Row[Any]]:
    """The links of a node, archived ones too; an index serves one end, so each has a statement."""
    found = {
        row.id: row
        for end in (SupplyLink.supplier_id, SupplyLink.buyer_id)
        for row in db.session.execute(
            tracked(SupplyLink).where(SupplyLink.chain_id == node.chain_id, end == node.id)
        )
    }
    return list(found.values())


def _names(chain_id: UUID, nodes: Iterable[Pair], links: Iterable[Pair]) -> dict[UUID, str]:
    """The names of nodes that values name; on the second day where it has them."""
    known, asked = {}, set()
    for row, old, new in nodes:
        known[row.id] = (new or old or row).name
        asked |= {told.operated_by_id for told in (old, new) if told}
    for _, old, new in links:
        asked |= {end for told in (old, new) if told for end in (told.supplier_id, told.buyer_id)}
    return {**load_names(chain_id, asked - known.keys() - {None}), **known}


def load_names(chain_id: UUID, wanted: set[Any]) -> dict[UUID, str]:
    """The names of some nodes of a map."""
    if not wanted:
        return {}
    statement = select(ValueChainNode.id, ValueChainNode.name).where(
        ValueChainNode.chain_id == chain_id
    )
    if len(wanted) <= FEW:
        statement = statement.where(ValueChainNode.id.in_(wanted))
    return {key: name for key, name in db.session.execute(statement).all() if key in wanted}


def _ends(told: Any, names: Mapping[UUID, str]) -> str:
    return f"{names.get(told.supplier_id, '?')}{ARROW}{names.get(told.buyer_id, '?')}"
