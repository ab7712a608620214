"""All changes of one node and its links, newest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.changes.queries.days import (
    ARROW,
    Difference,
    How,
    What,
    field_changes,
    load_links_of,
    load_names,
    tracked,
)
from ddplatform.value_chain.history.models import MapChange, MapStep, Part
from ddplatform.value_chain.history.queries.past import Change, change_of
from ddplatform.value_chain.history.queries.steps import Steps, load_steps
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode

PAGE_SIZE = 50
MOST_LINKS = 500
"""Links of a node whose changes are told; of a node with more, those that came last."""


@dataclass(frozen=True)
class Happened:
    """A change of a node or of a link of it, and when it was."""

    at: datetime
    difference: Difference


@dataclass(frozen=True)
class NodeHistory:
    """The history of a node, newest first, and the names of nodes in its values."""

    happened: Sequence[Happened]
    names: Mapping[UUID, str]
    links_left_out: int


def load_node_history(node: ValueChainNode) -> NodeHistory:
    """The history of a node; the statements do not grow with it."""
    links, left_out = _links(node)
    row = db.session.execute(tracked(ValueChainNode).where(ValueChainNode.id == node.id)).one()
    changes = _changes(node, [link.id for link in links])
    moments = {one.created_at for one in (row, *links)} | set(_archivings((row, *links), changes))
    versions = {change.version for change in changes}
    steps = load_steps(
        node.chain_id, or_(MapStep.version.in_(versions), MapStep.made_at.in_(moments))
    )
    names = load_names(node.chain_id, _named(links, changes)) | {node.id: node.name}
    found = [
        *_told(What.NODE, row, node.name, changes, steps),
        *(
            happened
            for link in links
            for happened in _told(What.LINK, link, _ends(link, names), changes, steps)
        ),
    ]
    found.sort(key=attrgetter("at"), reverse=True)
    return NodeHistory(found, names, left_out)


def _links(node: ValueChainNode) -> tuple[Sequence[Any], int]:
    rows = sorted(load_links_of(node), key=lambda row: (row.created_at, row.id), reverse=True)
    return rows[:MOST_LINKS], max(0, len(rows) - MOST_LINKS)


def _changes(node: ValueChainNode, links: Sequence[UUID]) -> Sequence[Change]:
    rows = db.session.execute(
        select(MapStep.version, MapChange.node_id, MapChange.link_id, MapChange.before)
        .join(MapChange, MapChange.step_id == MapStep.id)
        .where(or_(MapChange.node_id == node.id, MapChange.link_id.in_(links)))
        .order_by(MapStep.version.desc())
    )
    return [change_of(node.chain_id, *row) for row in rows]


def _archivings(rows: Iterable[Any], changes: Iterable[Change]) -> Iterator[datetime]:
    """The moments at which these were archived, those that were taken back included."""
    yield from (row.archived_at for row in rows if row.archived_at)
    yield from (moment for one in changes if (moment := one.before.get("archived_at")))


def _named(links: Iterable[Any], changes: Iterable[Change]) -> set[Any]:
    ends = {end for link in links for end in (link.supplier_id, link.buyer_id)}
    said = (value for change in changes for value in change.before.values())
    return ends | {value for value in said if isinstance(value, UUID)}


def _ends(link: Any, names: Mapping[UUID, str]) -> str:
    return f"{names.get(link.supplier_id, '?')}{ARROW}{names.get(link.buyer_id, '?')}"


def _told(
    what: What, row: Any, name: str, changes: Iterable[Change], steps: Steps
) -> Iterator[Happened]:
    """Back from today: each change takes its values out and puts those before it in."""
    model: type[Part] = ValueChainNode if what is What.NODE else SupplyLink
    now = dict(row._mapping)
    plain = Difference(what, How.CHANGED, row.id, name, None)
    yield from _left(plain, now["archived_at"], steps)
    for change in changes:
        step = steps.of(change.version)
        if change.model is not model or change.part_id != row.id or step is None:
            continue
        for column, before in change.before.items():
            if column == "archived_at" and before is not None and now[column] is None:
                yield Happened(step.at, replace(plain, how=How.NEW, step=step, field=column))
                yield from _left(plain, before, steps)
            elif column != "archived_at":
                for field, old, new in field_changes(column, before, now[column]):
                    told = replace(plain, step=step, field=field, before=old, after=new)
                    yield Happened(step.at, told)
            now[column] = before
    came = steps.at(row.created_at, adds=True)
    yield Happened(row.created_at, replace(plain, how=How.NEW, step=came))


def _left(plain: Difference, moment: datetime | None, steps: Steps) -> Iterator[Happened]:
    if moment is not None:
        step = steps.at(moment, adds=False)
        yield Happened(moment, replace(plain, how=How.GONE, step=step))
