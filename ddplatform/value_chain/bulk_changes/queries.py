"""Bulk changes of nodes: preview, progress, nodes that an undo left as they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.one_row import get_one
from ddplatform.value_chain.bulk_changes.models import BulkChange, BulkPart, BulkVerb
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from supply_chain.graph.labels import MOST_TAGS

NAMES_SHOWN = 20
RECENT = 10


class LeftOut(StrEnum):
    """The reason why a selected node is not changed."""

    SAME = "same"
    ARCHIVED = "archived"
    OWN = "own"
    FULL = "full"
    GONE = "gone"


@dataclass(frozen=True)
class Wish:
    """The change to each node; `value` is the key of an owner, a tag or a group, empty for none."""

    verb: BulkVerb
    value: str = ""

    @property
    def column(self) -> str:
        """The column of a node that it changes."""
        return _COLUMNS[self.verb]

    def after(self, before: Any) -> Any:
        """The value of the column afterwards; archiving sets its own moment."""
        if self.verb is BulkVerb.OWNER:
            return UUID(self.value) if self.value else None
        if self.verb is BulkVerb.GROUP:
            return self.value or None
        if self.verb is BulkVerb.ADD_TAG:
            return sorted({*before, self.value})
        return [tag for tag in before if tag != self.value]


_COLUMNS: Mapping[BulkVerb, str] = {
    BulkVerb.OWNER: "owner_id",
    BulkVerb.GROUP: "group_name",
    BulkVerb.ADD_TAG: "tags",
    BulkVerb.REMOVE_TAG: "tags",
    BulkVerb.ARCHIVE: "archived_at",
}


@dataclass(frozen=True)
class Plan:
    """The effect of a request: node -> its value now; names of nodes left out, and the reasons."""

    before: Mapping[UUID, Any]
    left: Mapping[LeftOut, Sequence[str]]


def plan_change(chain_id: UUID, wish: Wish, keys: Sequence[UUID]) -> Plan:
    """Look at each of these nodes; one statement, however many they are."""
    node = ValueChainNode
    rows = db.session.execute(
        select(
            *(node.id, node.name, node.owner_id, node.group_name, node.tags),
            *(node.own_operation, node.archived_at),
        )
        .where(node.chain_id == chain_id, among(node.id, keys))
        .order_by(node.name, node.id)
    ).all()
    before: dict[UUID, Any] = {}
    left: dict[LeftOut, list[str]] = {}
    for row in rows:
        why = _why_not(wish, row)
        if why is None:
            before[row.id] = getattr(row, wish.column)
        else:
            left.setdefault(why, []).append(row.name)
    if missing := len(set(keys)) - len(rows):
        left[LeftOut.GONE] = [""] * missing
    return Plan(before, left)


def _why_not(wish: Wish, row: Any) -> LeftOut | None:
    if row.archived_at is not None:
        return LeftOut.ARCHIVED
    if wish.verb is BulkVerb.ARCHIVE:
        return LeftOut.OWN if row.own_operation else None
    before = getattr(row, wish.column)
    after = wish.after(before)
    if after == before:
        return LeftOut.SAME
    return LeftOut.FULL if wish.verb is BulkVerb.ADD_TAG and len(after) > MOST_TAGS else None


def count_links_at(chain_id: UUID, keys: Sequence[UUID]) -> int:
    """The number of active links of a map with one of these of its nodes at an end."""
    return db.session.scalar(select(func.count()).where(*_standing_links_at(chain_id, keys))) or 0


def list_active_links_at(chain_id: UUID, keys: Sequence[UUID]) -> Sequence[UUID]:
    """The keys of the standing links with one of these nodes at an end."""
    return db.session.scalars(
        select(SupplyLink.id).where(*_standing_links_at(chain_id, keys))
    ).all()


def _standing_links_at(chain_id: UUID, keys: Sequence[UUID]) -> tuple[Any, ...]:
    ends = among(SupplyLink.supplier_id, keys) | among(SupplyLink.buyer_id, keys)
    # Without its map no index of the links serves.
    return SupplyLink.chain_id == chain_id, ends, SupplyLink.archived_at.is_(None)


def can_come_back(chain_id: UUID, part: BulkPart) -> ColumnElement[bool]:
    """Whether a link left with this part and both its ends stand, as a condition on links."""
    standing = select(ValueChainNode.id).where(
        ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None)
    )
    return and_(
        among(SupplyLink.id, [UUID(key) for key in part.link_ids]),
        SupplyLink.archived_at == part.done_at,
        SupplyLink.supplier_id.in_(standing),
        SupplyLink.buyer_id.in_(standing),
    )


def get_change(change_id: UUID, *, for_change: bool = False) -> BulkChange:
    """A change of many, or NotFound. Whoever holds it holds its map first."""
    statement = select(BulkChange).where(BulkChange.id == change_id)
    return get_one(statement, for_change=for_change)


def has_failed(change: BulkChange) -> bool:
    """Whether the work of a change, or of its undo, ended early and is not continued."""
    return (
        change.finished_at is None
        and change.job_id is not None
        and get_job(change.job_id).state is JobState.FAILED
    )


def is_one_going_on(chain_id: UUID) -> bool:
    """Whether a change of many of this map, or the undo of one, goes on."""
    statement = (
        select(BulkChange.id)
        .join(Job, Job.id == BulkChange.job_id)
        .where(
            BulkChange.chain_id == chain_id,
            BulkChange.finished_at.is_(None),
            Job.state != JobState.FAILED,
        )
    )
    return db.session.scalar(statement.limit(1)) is not None


def find_part_to_do(change_id: UUID) -> BulkPart | None:
    """The first part that is not carried out yet."""
    return db.session.scalar(
        select(BulkPart)
        .where(BulkPart.change_id == change_id, BulkPart.done_at.is_(None))
        .order_by(BulkPart.place)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def find_part_to_undo(change_id: UUID) -> BulkPart | None:
    """The last part that was carried out and not taken back yet."""
    return db.session.scalar(
        select(BulkPart)
        .where(
            BulkPart.change_id == change_id,
            BulkPart.done_at.is_not(None),
            BulkPart.undone_at.is_(None),
        )
        .order_by(BulkPart.place.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def list_left_unchanged(change_id: UUID) -> Sequence[tuple[UUID, str]]:
    """The first nodes that an undo left, since they were changed meanwhile: key and name."""
    lists = db.session.scalars(
        select(BulkPart.kept_ids)
        .where(BulkPart.change_id == change_id, BulkPart.undone_at.is_not(None))
        .order_by(BulkPart.place)
    )
    keys = [UUID(key) for key in _first(lists)]
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.name)
        .where(ValueChainNode.id.in_(keys))
        .order_by(ValueChainNode.name, ValueChainNode.id)
    )
    return [(key, name) for key, name in rows]


def _first(lists: Iterable[list[str]]) -> list[str]:
    found: list[str] = []
    for one in lists:
        found += one
        if len(found) >= NAMES_SHOWN:
            break
    return found[:NAMES_SHOWN]


def list_changes(chain_id: UUID) -> Sequence[BulkChange]:
    """The newest changes of many of a map."""
    return db.session.scalars(
        select(BulkChange)
        .where(BulkChange.chain_id == chain_id)
        .order_by(BulkChange.created_at.desc(), BulkChange.id)
        .limit(RECENT)
    ).all()
