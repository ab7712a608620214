"""Pairs of likely duplicates for lists and pages: filtered, counted, one after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.matching.models import WAITING, DuplicatePair, NodeMerge, PairState
from supply_chain.matching.pairs import Decision

PAGE_SIZE = 50
COUNT_CAP = 1000

left, right = aliased(ValueChainNode), aliased(ValueChainNode)


@dataclass(frozen=True)
class PairFilter:
    """The pairs of a map to show; `state` None: those that await a decision.

    `is_two` leaves out what is one node already and is asked about again.
    """

    state: PairState | None = None
    least: float = 0.0
    country: str = ""
    q: str = ""
    is_two: bool = False


@dataclass(frozen=True)
class Side:
    """One of the two nodes of a pair, as a list shows it."""

    id: UUID
    name: str
    country: str | None
    address: str | None
    external_ref: str


@dataclass(frozen=True)
class PairRow:
    """A pair in a list."""

    id: UUID
    left: Side
    right: Side
    score: float
    suggestion: Decision
    reasons: Sequence[str]
    state: PairState
    decided_at: datetime | None
    decided_by: str | None


def list_pairs(
    chain_id: UUID,
    wanted: PairFilter,
    *,
    after: tuple[float, UUID] | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[PairRow]:
    """Pairs of a map, the likeliest first; `after` is the last row of the page before."""
    statement = _select_rows().where(*_conditions(chain_id, wanted)).limit(limit)
    if after is not None:
        place = tuple_(DuplicatePair.score, DuplicatePair.id)
        statement = statement.where(place < tuple_(*after))
    return [_pair_row(row) for row in db.session.execute(statement).all()]


def list_weakest(chain_id: UUID, wanted: PairFilter, *, limit: int) -> Sequence[PairRow]:
    """The least likely of the pairs that match, so that a person sees what a score lets in."""
    statement = (
        _select_rows()
        .where(*_conditions(chain_id, wanted))
        .order_by(None)
        .order_by(DuplicatePair.score, DuplicatePair.id)
        .limit(limit)
    )
    return [_pair_row(row) for row in db.session.execute(statement).all()]


def _select_rows() -> Select[*tuple[Any, ...]]:
    return (
        _joined(
            select(
                DuplicatePair,
                *(column.label(f"left_{column.key}") for column in _side_columns(left)),
                *(column.label(f"right_{column.key}") for column in _side_columns(right)),
                User.name.label("decided_by"),
            )
        )
        .outerjoin(User, User.id == DuplicatePair.decided_by_id)
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id.desc())
    )


def _side_columns(side: Any) -> tuple[Any, ...]:
    return (side.id, side.name, side.country, side.address, side.external_ref)


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(DuplicatePair)
        .join(left, left.id == DuplicatePair.left_id)
        .join(right, right.id == DuplicatePair.right_id)
    )


def _pair_row(row: Any) -> PairRow:
    pair: DuplicatePair = row.DuplicatePair
    return PairRow(
        id=pair.id,
        left=_side(row, "left"),
        right=_side(row, "right"),
        score=pair.score,
        suggestion=pair.suggestion,
        reasons=pair.reasons,
        state=pair.state,
        decided_at=pair.decided_at,
        decided_by=row.decided_by,
    )


def _side(row: Any, side: str) -> Side:
    return Side(
        id=getattr(row, f"{side}_id"),
        name=getattr(row, f"{side}_name"),
        country=getattr(row, f"{side}_country"),
        address=getattr(row, f"{side}_address"),
        external_ref=getattr(row, f"{side}_external_ref"),
    )


def _conditions(chain_id: UUID, wanted: PairFilter) -> Iterator[ColumnElement[bool]]:
    yield DuplicatePair.chain_id == chain_id
    if wanted.state in (None, *WAITING):
        yield DuplicatePair.state.in_(WAITING)
        yield _standing() if wanted.is_two else or_(_standing(), _asked_again(chain_id))
    if wanted.state is not None:
        yield DuplicatePair.state == wanted.state
    if wanted.least:
        yield DuplicatePair.score >= wanted.least
    if wanted.country:
        yield or_(left.country == wanted.country, right.country == wanted.country)
    if wanted.q:
        yield or_(*(side.name.icontains(wanted.q, autoescape=True) for side in (left, right)))


def _standing() -> ColumnElement[bool]:
    """Both are active in the map; a node archived by hand is no question any more."""
    return and_(left.archived_at.is_(None), right.archived_at.is_(None))


def _asked_again(chain_id: UUID) -> ColumnElement[bool]:
    """They are one node by a merge that stands, and what a list says of one has changed."""
    return DuplicatePair.id.in_(
        select(NodeMerge.pair_id).where(
            NodeMerge.chain_id == chain_id,
            NodeMerge.split_at.is_(None),
            NodeMerge.pair_id.is_not(None),
        )
    )


def count_pairs(chain_id: UUID, wanted: PairFilter, *, cap: int = COUNT_CAP) -> int:
    """The number of pairs that match; `cap` + 1 means more than that."""
    matching = (
        _joined(select(DuplicatePair.id)).where(*_conditions(chain_id, wanted)).limit(cap + 1)
    ).subquery()
    return db.session.scalar(select(func.count()).select_from(matching)) or 0


def list_keys_above(chain_id: UUID, least: float, *, limit: int) -> Sequence[UUID]:
    """The open pairs of two nodes of at least this score, the likeliest first."""
    wanted = PairFilter(state=PairState.OPEN, least=least, is_two=True)
    return db.session.scalars(
        _joined(select(DuplicatePair.id))
        .where(*_conditions(chain_id, wanted))
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id.desc())
        .limit(limit)
    ).all()


def find_next_pair(chain_id: UUID, *, but: UUID) -> UUID | None:
    """The likeliest open pair, other than this one."""
    wanted = PairFilter(state=PairState.OPEN)
    found: UUID | None = db.session.scalar(
        _joined(select(DuplicatePair.id))
        .where(*_conditions(chain_id, wanted), DuplicatePair.id != but)
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id.desc())
        .limit(1)
    )
    return found


def list_open_of(node: ValueChainNode, *, limit: int = 10) -> Sequence[PairRow]:
    """The pairs of a node that wait for a decision, the likeliest first."""
    here = or_(DuplicatePair.left_id == node.id, DuplicatePair.right_id == node.id)
    statement = _select_rows().where(here, *_conditions(node.chain_id, PairFilter()))
    return [_pair_row(row) for row in db.session.execute(statement.limit(limit)).all()]
