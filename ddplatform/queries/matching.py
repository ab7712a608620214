"""Likely duplicates: the records of a map, pairs to review, what was decided before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ddplatform.db import db, held
from ddplatform.errors import NotFound
from ddplatform.models.matching import (
    DuplicatePair,
    MatchDecision,
    MatchRun,
    MatchRunKind,
    PairState,
)
from ddplatform.models.organisations import User
from ddplatform.models.value_chain import ValueChainNode
from supply_chain.matching.pairs import Decision
from supply_chain.matching.records import Record
from supply_chain.record_content import content_hash
from supply_chain.vocabulary import NodeKind

PAGE_SIZE = 50
COUNT_CAP = 1000
WAITING = (PairState.OPEN, PairState.LATER)

left, right = aliased(ValueChainNode), aliased(ValueChainNode)


@dataclass(frozen=True)
class PairFilter:
    """What to show of the pairs of a map; `state` None: what waits for a decision."""

    state: PairState | None = None
    least: float = 0.0
    country: str = ""
    q: str = ""


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


def load_records(chain_id: UUID) -> tuple[list[Record], dict[str, str]]:
    """The standing nodes of a map as the matcher reads them, and the content hash of each by id.

    Unknown origins are left out: two of them are never one supplier because of their words.
    """
    operator = aliased(ValueChainNode)
    rows = db.session.execute(
        _record_columns(operator)
        .outerjoin(operator, operator.id == ValueChainNode.operated_by_id)
        .where(
            ValueChainNode.chain_id == chain_id,
            ValueChainNode.archived_at.is_(None),
            ValueChainNode.kind != NodeKind.UNKNOWN_ORIGIN,
        )
        .order_by(ValueChainNode.id)
    ).all()
    records = [_record(row, row.company) for row in rows]
    return records, {record.id: content_hash(record) for record in records}


def load_operated(chain_id: UUID) -> frozenset[frozenset[str]]:
    """Pairs of which one runs the other: a site is not the company that runs it."""
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.operated_by_id).where(
            ValueChainNode.chain_id == chain_id, ValueChainNode.operated_by_id.is_not(None)
        )
    ).all()
    return frozenset(frozenset(map(str, row)) for row in rows)


def _record_columns(operator: Any) -> Select[*tuple[Any, ...]]:
    return select(
        ValueChainNode.id,
        ValueChainNode.name,
        ValueChainNode.address,
        ValueChainNode.country,
        ValueChainNode.region,
        ValueChainNode.latitude,
        ValueChainNode.longitude,
        ValueChainNode.external_ids,
        ValueChainNode.attributes,
        operator.name.label("company"),
    )


def _record(node: Any, company: str | None = None) -> Record:
    """The words of a node; a city stands where the list had a column for it."""
    return Record(
        id=str(node.id),
        name=node.name,
        address=node.address or "",
        country=node.country or "",
        city=str(node.attributes.get("city") or ""),
        region=node.region or "",
        latitude=node.latitude,
        longitude=node.longitude,
        company=company or "",
        external_ids={key: str(value) for key, value in node.external_ids.items()},
    )


def hash_of_node(node: ValueChainNode) -> str:
    """The content hash of a node as it stands."""
    return content_hash(_record(node))


def load_decisions() -> dict[tuple[str, str], bool]:
    """All that was decided on contents: (lesser hash, greater hash) -> whether they are one."""
    rows = db.session.execute(
        select(MatchDecision.low_hash, MatchDecision.high_hash, MatchDecision.is_same)
    ).all()
    return {(row.low_hash, row.high_hash): row.is_same for row in rows}


def find_decision(low_hash: str, high_hash: str) -> MatchDecision | None:
    """What was decided on two contents."""
    return db.session.scalar(
        select(MatchDecision).where(
            MatchDecision.low_hash == low_hash, MatchDecision.high_hash == high_hash
        )
    )


def list_pairs_of_chain(chain_id: UUID) -> Sequence[DuplicatePair]:
    """Every pair of a map, whatever was decided."""
    return db.session.scalars(
        select(DuplicatePair).where(DuplicatePair.chain_id == chain_id).order_by(DuplicatePair.id)
    ).all()


def get_pair(pair_id: UUID, *, for_change: bool = False) -> DuplicatePair:
    """A pair, or NotFound; `for_change` holds it until the end of the unit of work."""
    statement = select(DuplicatePair).where(DuplicatePair.id == pair_id)
    if for_change:
        statement = held(statement)
    pair = db.session.scalar(statement)
    if pair is None:
        raise NotFound()
    return pair


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
        yield from _standing()
    if wanted.state is not None:
        yield DuplicatePair.state == wanted.state
    if wanted.least:
        yield DuplicatePair.score >= wanted.least
    if wanted.country:
        yield or_(left.country == wanted.country, right.country == wanted.country)
    if wanted.q:
        yield or_(*(side.name.icontains(wanted.q, autoescape=True) for side in (left, right)))


def _standing() -> Iterator[ColumnElement[bool]]:
    """What waits for a decision; a node that left the map by hand is no question any more."""
    yield DuplicatePair.state.in_(WAITING)
    yield left.archived_at.is_(None)
    yield right.archived_at.is_(None)


def count_pairs(chain_id: UUID, wanted: PairFilter, *, cap: int = COUNT_CAP) -> int:
    """How many pairs match; `cap` + 1 stands for more than that."""
    matching = (
        _joined(select(DuplicatePair.id)).where(*_conditions(chain_id, wanted)).limit(cap + 1)
    ).subquery()
    return db.session.scalar(select(func.count()).select_from(matching)) or 0


def list_keys_above(chain_id: UUID, least: float, *, limit: int) -> Sequence[UUID]:
    """The waiting pairs of at least this score, the likeliest first."""
    wanted = PairFilter(state=PairState.OPEN, least=least)
    return db.session.scalars(
        _joined(select(DuplicatePair.id))
        .where(*_conditions(chain_id, wanted))
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id.desc())
        .limit(limit)
    ).all()


def find_next_pair(chain_id: UUID, *, but: UUID) -> UUID | None:
    """The likeliest pair that nobody looked at yet, another than this one."""
    wanted = PairFilter(state=PairState.OPEN)
    found: UUID | None = db.session.scalar(
        _joined(select(DuplicatePair.id))
        .where(*_conditions(chain_id, wanted), DuplicatePair.id != but)
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id.desc())
        .limit(1)
    )
    return found


def list_open_of(node_id: UUID, *, limit: int = 10) -> Sequence[PairRow]:
    """The pairs of a node that wait for a decision, the likeliest first."""
    chain = select(ValueChainNode.chain_id).where(ValueChainNode.id == node_id)
    here = or_(DuplicatePair.left_id == node_id, DuplicatePair.right_id == node_id)
    statement = _select_rows().where(
        DuplicatePair.chain_id == chain.scalar_subquery(), here, *_standing()
    )
    return [_pair_row(row) for row in db.session.execute(statement.limit(limit)).all()]


def get_run(run_id: UUID, *, for_change: bool = False) -> MatchRun:
    """A search or a merge of many, or NotFound."""
    statement = select(MatchRun).where(MatchRun.id == run_id)
    if for_change:
        statement = held(statement)
    run = db.session.scalar(statement)
    if run is None:
        raise NotFound()
    return run


def find_last_run(chain_id: UUID, kind: MatchRunKind) -> MatchRun | None:
    """The run of a kind that was asked for last."""
    return db.session.scalar(
        select(MatchRun)
        .where(MatchRun.chain_id == chain_id, MatchRun.kind == kind)
        .order_by(MatchRun.created_at.desc(), MatchRun.id.desc())
        .limit(1)
    )
