"""Columns that name a node, with the treatment of their rows by merges, splits and undo.

Each feature registers the columns of its own tables. A new table with a reference to a node is
registered too; a test fails until it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.registry import Registry
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode

Column = InstrumentedAttribute[Any]
RowsOf = Callable[[UUID], Select[UUID]]
"""The keys of the rows that belong to a node."""


class Leads(StrEnum):
    """The page of an item that depends on an import, in the order of the list."""

    IMPORT = "import"
    FINDING = "finding"
    ASSIGNMENT = "assignment"
    NODE = "node"


@dataclass(frozen=True)
class Dependence:
    """The description of rows at a node for people who want to undo the import of the node.

    Attributes:
        one, many: what is counted.
        item: key and name of what is listed; those of the node where there are none.
    """

    one: str
    many: str
    leads: Leads = Leads.NODE
    item: tuple[Column, Column] | None = None


@dataclass(frozen=True)
class Once:
    """A node has one row for each value of the columns, among the rows of the condition.

    A row stays behind where the other node has its like.
    """

    columns: tuple[Column, ...]
    among: ColumnElement[bool] = field(default_factory=true)


@dataclass(frozen=True)
class NodeReference:
    """A column that names a node.

    Its rows belong to the supplier: they go to the node that stays and come back by a split, and
    what hangs on them moves with them.

    Attributes:
        stays: why a merge leaves the rows where they are; empty where they move.
        counted_as: how they are called where two nodes are compared; empty: they are not counted.
        dependence: None where they keep nobody from undoing an import.
    """

    column: Column
    stays: str = ""
    once: Once | None = None
    counted_as: str = ""
    dependence: Dependence | None = None


@dataclass(frozen=True)
class Follow:
    """Rows that came after a merge follow what they hang on when it is split.

    Attributes:
        column: names the node of a row.
        parent: names what the row hangs on.
        parents_of: what belongs to the node that is split out again.
    """

    column: Column
    parent: Column
    parents_of: RowsOf


REFERENCES: Registry[NodeReference] = Registry("columns that name a node")
FOLLOWS: Registry[Follow] = Registry("rows that follow others when a merge is split")
"""Each after what moves the rows it hangs on."""

LINK_ENDS: tuple[Column, ...] = (SupplyLink.supplier_id, SupplyLink.buyer_id)
"""They move too, where no link of the other node says the same (supply_chain.matching.merging)."""


def register_references(*references: NodeReference) -> None:
    """Register columns that name a node."""
    for one in references:
        REFERENCES.add(name_of(one.column), one)


def register_follows(parents: str, *follows: Follow) -> None:
    """Register which rows follow those of a table that they hang on."""
    for one in follows:
        FOLLOWS.add(f"{name_of(one.column)} with {parents}", one)


def name_of(column: Column) -> str:
    """`finding.node_id`: how a column is named in the record of a merge."""
    return f"{column.class_.__tablename__}.{column.key}"


def list_moving() -> list[NodeReference]:
    """The columns whose rows move with a merge, but for the ends of links."""
    return [one for one in REFERENCES if not one.stays]


def rows_at(column: Column) -> RowsOf:
    """The rows that name a node in this column."""
    return lambda node_id: select(column.class_.id).where(column == node_id)


def list_rows_to_move(reference: NodeReference, old: UUID, new: UUID) -> Sequence[UUID]:
    """The rows that a merge takes from one node to another; the two nodes are none of them."""
    column, once = reference.column, reference.once
    model = column.class_
    condition = column == old
    if model is ValueChainNode:
        condition &= ValueChainNode.id.not_in((old, new))
    if once is not None:
        taken = select(*once.columns).where(column == new, once.among)
        condition &= ~(once.among & tuple_(*once.columns).in_(taken))
    return db.session.scalars(select(model.id).where(condition).order_by(model.id)).all()


def list_links_to_move(column: Column, old: UUID, new: UUID) -> Sequence[UUID]:
    """The links at one node, archived ones too, whose other end is neither of the two."""
    other = SupplyLink.buyer_id if column.key == "supplier_id" else SupplyLink.supplier_id
    return db.session.scalars(
        select(SupplyLink.id).where(column == old, other.not_in((old, new))).order_by(SupplyLink.id)
    ).all()
