"""Parts of requests to be decided or ended, and those that a person may decide."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.approvals.models import (
    Approval,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
)
from ddplatform.value_chain.approvals.queries.approvals import ACTIVE_STATES
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode


@dataclass(frozen=True)
class Decider:
    """A person who may approve."""

    user_id: UUID
    homes: frozenset[UUID]
    """Other organisations in which this person has a role: nobody decides on their sites."""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part with what it is about."""

    id: UUID
    kind: ApprovalKind
    state: ApprovalState
    node_id: UUID
    link_id: UUID | None
    factor: str | None


@many_objects()
def list_parts(*which: ColumnElement[bool], most: int | None = None) -> Sequence[PartRow]:
    """Parts by their key, however many, or the first so many."""
    columns = Approval.id, Approval.kind, Approval.state
    rows = db.session.execute(
        select(*columns, Approval.node_id, Approval.link_id, Approval.factor)
        .where(*which)
        .order_by(Approval.id)
        .limit(most)
    )
    return [PartRow(*row) for row in rows]


def count_parts(*which: ColumnElement[bool]) -> int:
    """The number of parts."""
    return db.session.scalar(select(func.count()).select_from(Approval).where(*which)) or 0


def list_once_asked(column: Any, kind: ApprovalKind, keys: Iterable[UUID]) -> Sequence[UUID]:
    """Those of some links or nodes that were ever asked about.

    Args:
        column: that of a part which names them.
    """
    wanted = list(keys)
    if not wanted:
        return ()
    found = select(column).where(among(column, wanted), Approval.kind == kind).distinct()
    return db.session.scalars(found).all()


def of_import(import_id: UUID) -> ColumnElement[bool]:
    """The condition of the parts that a list asked for."""
    return Approval.request_id.in_(
        select(ApprovalRequest.id).where(ApprovalRequest.import_id == import_id)
    )


def of_chain(chain_id: UUID) -> ColumnElement[bool]:
    """The condition of the parts of all requests of a map."""
    return Approval.request_id.in_(
        select(ApprovalRequest.id).where(ApprovalRequest.chain_id == chain_id)
    )


def of_request(
    request_id: UUID, parts: Collection[UUID] | None = None
) -> tuple[ColumnElement[bool], ...]:
    """The condition of the parts of a request, of all or of some."""
    named = () if parts is None else (among(Approval.id, list(parts)),)
    return Approval.request_id == request_id, *named


def on_map(decider: Decider | None = None) -> ColumnElement[bool]:
    """Whether the node, and of a flow the link with both ends, stands in its map.

    Args:
        decider: with the person given, no part whose node or buyer concerns them is one.
    """
    node, buyer, link = aliased(ValueChainNode), aliased(ValueChainNode), aliased(SupplyLink)
    stands = select(node.id).where(
        node.id == Approval.node_id, node.archived_at.is_(None), *_of_others(node, decider)
    )
    flows = (
        select(link.id)
        .join(buyer, buyer.id == link.buyer_id)
        .where(link.id == Approval.link_id, link.archived_at.is_(None))
        .where(buyer.archived_at.is_(None), *_of_others(buyer, decider))
    )
    return stands.exists() & or_(Approval.link_id.is_(None), flows.exists())


def may_decide(decider: Decider, *, today: date) -> tuple[ColumnElement[bool], ...]:
    """The condition of parts that a person may decide on a day, who has not asked for them.

    Neither the node nor, of a flow, the buyer belongs to an organisation of this person, and this
    person answers for neither.
    """
    return on_map(decider), Approval.expires_on >= today


def _of_others(
    node: type[ValueChainNode], decider: Decider | None
) -> tuple[ColumnElement[bool], ...]:
    if decider is None:
        return ()
    belongs = node.supplier_organisation_id
    return (
        node.owner_id.is_distinct_from(decider.user_id),
        or_(belongs.is_(None), belongs.not_in(sorted(decider.homes))),
    )


def chains_with_expired(today: date) -> Sequence[UUID]:
    """Maps with something that waits or is in force after its last day."""
    return db.session.scalars(
        select(ApprovalRequest.chain_id)
        .join(Approval, Approval.request_id == ApprovalRequest.id)
        .where(Approval.state.in_(ACTIVE_STATES), Approval.expires_on < today)
        .distinct()
        .order_by(ApprovalRequest.chain_id)
    ).all()


def list_expired(chain_id: UUID, today: date) -> Sequence[PartRow]:
    """The parts that are pending or in force on a map after their last day."""
    return list_parts(
        of_chain(chain_id), Approval.state.in_(ACTIVE_STATES), Approval.expires_on < today
    )
