"""Requests for approval with their parts, for their pages, in a constant number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_row, required
from ddplatform.risk.runs.models import ScoreChange
from ddplatform.value_chain.approvals.models import (
    AbsenceReason,
    Approval,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
    EndCause,
)
from ddplatform.value_chain.approvals.queries.decisions import Progress, load_progress
from ddplatform.value_chain.approvals.queries.parts import Decider, may_decide, on_map
from ddplatform.value_chain.mapping.models import MapImport, SupplyLink, ValueChain, ValueChainNode
from supply_chain.vocabulary import Issue

PAGE = 50
LOWERINGS_SHOWN = 20


class View(StrEnum):
    """The lists of the page."""

    WAITING = "waiting"
    IN_FORCE = "in-force"
    PAST = "past"
    SHARES = "shares"


STATES: Mapping[View, tuple[ApprovalState, ...]] = {
    View.WAITING: (ApprovalState.WAITING,),
    View.IN_FORCE: (ApprovalState.IN_FORCE,),
    View.PAST: (ApprovalState.REFUSED, ApprovalState.ENDED),
}


@dataclass(frozen=True)
class PartNames:
    """One part by the names of what it is about, and what became of it."""

    id: UUID
    request_id: UUID
    kind: ApprovalKind
    state: ApprovalState
    node_id: UUID
    node_name: str
    link_id: UUID | None
    buyer_id: UUID | None
    buyer_name: str | None
    share: float | None
    factor: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision_note: str
    ended_at: datetime | None
    ended_by: str | None
    end_cause: EndCause | None
    end_reason: str


@dataclass(frozen=True)
class Asked:
    """A request with the number of its parts by state."""

    id: UUID
    kind: ApprovalKind
    chain_id: UUID
    chain_name: str
    import_id: UUID | None
    files: Sequence[Mapping[str, Any]] | None
    reason_code: AbsenceReason | None
    reason: str
    expires_on: date
    created_at: datetime
    created_by_id: UUID | None
    asked_by: str | None
    counts: Mapping[ApprovalState, int]
    only: PartNames | None
    """Its part, where it has a single one."""
    is_mine_to_decide: bool
    decision: Progress | None = None
    """The newest decision that its parts take in the background."""

    @property
    def parts(self) -> int:
        """The number of its parts."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class AskedPage:
    """One page of a list, and how many requests each list has."""

    rows: Sequence[Asked]
    number: int
    total: int
    counts: Mapping[View, int]

    @property
    def last_number(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class PartPage:
    """One page of the parts of a request."""

    rows: Sequence[PartNames]
    number: int
    total: int


@dataclass(frozen=True)
class Lowering:
    """A proposed lower score, which is decided on the page of its risk."""

    node_id: UUID
    node_name: str
    issue: Issue
    points: float
    expires_on: date
    created_at: datetime
    asked_by: str


def load_page(
    view: View, kind: ApprovalKind | None, number: int, decider: Decider | None, *, today: date
) -> AskedPage:
    """A page of a list, the newest request first; of what waits the oldest."""
    counts = _count_views(kind)
    total = counts.get(view, 0)
    number = min(max(1, number), max(1, -(-total // PAGE)))
    request, states = ApprovalRequest, STATES[view]
    order = request.created_at if view is View.WAITING else request.created_at.desc()
    found = (
        _select_requests()
        .where(_has(states), *_of_kind(kind))
        .order_by(order, request.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return AskedPage(_asked(found, decider, today=today), number, total, counts)


def load_asked(request_id: UUID, decider: Decider | None, *, today: date) -> Asked:
    """One request, or NotFound."""
    found = _asked(_select_requests().where(ApprovalRequest.id == request_id), decider, today=today)
    return required(found[0] if found else None)


def load_parts(asked: Asked, number: int) -> PartPage:
    """A page of the parts of a request, what waits first."""
    number = min(max(1, number), max(1, -(-asked.parts // PAGE)))
    page = (
        select(Approval.id)
        .where(Approval.request_id == asked.id)
        .order_by(*_WAITING_FIRST)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    rows = db.session.execute(_select_parts().where(Approval.id.in_(page)))
    return PartPage([PartNames(**row._mapping) for row in rows], number, asked.parts)


def count_for(decider: Decider | None, *, today: date) -> int:
    """The number of pending requests of other people that this person may decide."""
    if decider is None:
        return 0
    waits = select(Approval.id).where(
        Approval.request_id == ApprovalRequest.id, *_decidable(decider, today=today)
    )
    found = (
        select(func.count()).select_from(ApprovalRequest).where(_others(decider), waits.exists())
    )
    return db.session.scalar(found) or 0


def list_lowerings(today: date) -> tuple[int, Sequence[Lowering]]:
    """Proposed lower scores without a decision: their number, and the oldest."""
    pending = (
        ScoreChange.is_raise.is_(False),
        ScoreChange.decided_at.is_(None),
        ScoreChange.ended_at.is_(None),
        ScoreChange.expires_on >= today,
    )
    rows = db.session.execute(
        select(
            ScoreChange.node_id,
            ValueChainNode.name.label("node_name"),
            ScoreChange.issue,
            ScoreChange.points,
            ScoreChange.expires_on,
            ScoreChange.created_at,
            User.name.label("asked_by"),
            func.count().over().label("total"),
        )
        .join(ValueChainNode, ValueChainNode.id == ScoreChange.node_id)
        .join(User, User.id == ScoreChange.created_by_id)
        .where(*pending, ValueChainNode.archived_at.is_(None))
        .order_by(ScoreChange.created_at, ScoreChange.id)
        .limit(LOWERINGS_SHOWN)
    ).all()
    names = ("node_id", "node_name", "issue", "points", "expires_on", "created_at", "asked_by")
    found = [Lowering(**{name: getattr(row, name) for name in names}) for row in rows]
    return (rows[0].total if rows else 0), found


_WAITING_FIRST = Approval.state.desc(), Approval.id


# ---- parts of the statements -----------------------------------------------------------------


def _select_requests() -> Select[*tuple[Any, ...]]:
    request, asker = ApprovalRequest, aliased(User)
    return (
        select(
            request.id,
            request.kind,
            request.chain_id,
            ValueChain.name.label("chain_name"),
            request.import_id,
            MapImport.files,
            request.reason_code,
            request.reason,
            request.expires_on,
            request.created_at,
            request.created_by_id,
            asker.name.label("asked_by"),
        )
        .join(ValueChain, ValueChain.id == request.chain_id)
        .outerjoin(MapImport, MapImport.id == request.import_id)
        .outerjoin(asker, asker.id == request.created_by_id)
    )


def _select_parts() -> Select[*tuple[Any, ...]]:
    buyer, decider, ender = aliased(ValueChainNode), aliased(User), aliased(User)
    return (
        select(
            Approval.id,
            Approval.request_id,
            Approval.kind,
            Approval.state,
            Approval.node_id,
            ValueChainNode.name.label("node_name"),
            Approval.link_id,
            buyer.id.label("buyer_id"),
            buyer.name.label("buyer_name"),
            SupplyLink.share,
            Approval.factor,
            Approval.decided_at,
            decider.name.label("decided_by"),
            Approval.decision_note,
            Approval.ended_at,
            ender.name.label("ended_by"),
            Approval.end_cause,
            Approval.end_reason,
        )
        .join(ValueChainNode, ValueChainNode.id == Approval.node_id)
        .outerjoin(SupplyLink, SupplyLink.id == Approval.link_id)
        .outerjoin(buyer, buyer.id == SupplyLink.buyer_id)
        .outerjoin(decider, decider.id == Approval.decided_by_id)
        .outerjoin(ender, ender.id == Approval.ended_by_id)
        .order_by(*_WAITING_FIRST)
    )


def _asked(
    found: Select[*tuple[Any, ...]], decider: Decider | None, *, today: date
) -> Sequence[Asked]:
    rows = db.session.execute(found).all()
    ids = [row.id for row in rows]
    counts = _count_parts(ids)
    single = [key for key, of_request in counts.items() if sum(of_request.values()) == 1]
    only = {part.request_id: part for part in _parts_of(single)}
    mine, decisions = _mine(ids, decider, today=today), load_progress(ids)
    at_work = {key for key, one in decisions.items() if one.is_going_on}
    return [
        Asked(
            **row._mapping,
            counts=counts.get(row.id, {}),
            only=only.get(row.id),
            is_mine_to_decide=row.id in mine and row.id not in at_work,
            decision=decisions.get(row.id),
        )
        for row in rows
    ]


def _count_parts(requests: Sequence[UUID]) -> Mapping[UUID, Mapping[ApprovalState, int]]:
    rows = db.session.execute(
        select(Approval.request_id, Approval.state, func.count())
        .where(Approval.request_id.in_(requests))
        .group_by(Approval.request_id, Approval.state)
    )
    found: dict[UUID, dict[ApprovalState, int]] = {}
    for request_id, state, count in rows:
        found.setdefault(request_id, {})[state] = count
    return found


def _parts_of(requests: Sequence[UUID]) -> Sequence[PartNames]:
    rows = db.session.execute(_select_parts().where(Approval.request_id.in_(requests)))
    return [PartNames(**row._mapping) for row in rows]


def _mine(requests: Sequence[UUID], decider: Decider | None, *, today: date) -> frozenset[UUID]:
    """The requests that are pending, as a whole or in part, for a person."""
    if decider is None or not requests:
        return frozenset()
    waits = select(Approval.id).where(
        Approval.request_id == ApprovalRequest.id, *_decidable(decider, today=today)
    )
    found = select(ApprovalRequest.id).where(
        ApprovalRequest.id.in_(requests), _others(decider), waits.exists()
    )
    return frozenset(db.session.scalars(found))


def _decidable(decider: Decider | None, *, today: date) -> tuple[ColumnElement[bool], ...]:
    if decider is None:
        return (Approval.id.is_(None),)  # nothing
    return Approval.state == ApprovalState.WAITING, *may_decide(decider, today=today)


def _others(decider: Decider) -> ColumnElement[bool]:
    by = ApprovalRequest.created_by_id
    return or_(by.is_(None), by != decider.user_id)


def _count_views(kind: ApprovalKind | None) -> Mapping[View, int]:
    counted = [
        func.count().filter(_has(states)).label(view.value) for view, states in STATES.items()
    ]
    row = get_row(select(*counted).select_from(ApprovalRequest).where(*_of_kind(kind)))
    return dict(zip(STATES, row, strict=True))


def _has(states: Sequence[ApprovalState]) -> ColumnElement[bool]:
    """Whether a part of a request is in one of these states; what waits also stands on its map."""
    of_request = Approval.request_id == ApprovalRequest.id, Approval.state.in_(states)
    stands = (on_map(),) if ApprovalState.WAITING in states else ()
    return select(Approval.id).where(*of_request, *stands).exists()


def _of_kind(kind: ApprovalKind | None) -> tuple[ColumnElement[bool], ...]:
    return () if kind is None else (ApprovalRequest.kind == kind,)
