"""Input of matching: the records of a map, its pairs and runs, earlier decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.orm import aliased

from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.one_row import get_one
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.matching.models import (
    WAITING,
    DuplicatePair,
    MatchDecision,
    MatchRun,
    MatchRunKind,
    NodeMerge,
)
from supply_chain.intake.drafts import NodeDraft
from supply_chain.matching.record_content import content_hash
from supply_chain.matching.records import Record
from supply_chain.vocabulary import NodeKind


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


@dataclass(frozen=True)
class SourceOf:
    """A record that was merged into others, its content, and the node that stands for it."""

    record: Record
    content: str
    node_id: str


def load_source_records(chain_id: UUID) -> list[SourceOf]:
    """The source records of the suppliers of a map, as the matcher reads them."""
    operator = aliased(ValueChainNode)
    rows = db.session.execute(
        _record_columns(operator)
        .add_columns(NodeMerge.survivor_id)
        .join(NodeMerge, NodeMerge.absorbed_id == ValueChainNode.id)
        .outerjoin(operator, operator.id == ValueChainNode.operated_by_id)
        .where(NodeMerge.chain_id == chain_id, NodeMerge.split_at.is_(None))
        .order_by(ValueChainNode.id)
    ).all()
    into = {row.id: row.survivor_id for row in rows}
    records = [_record(row, row.company) for row in rows]
    return [
        SourceOf(record, content_hash(record), str(_end_of(UUID(record.id), into)))
        for record in records
    ]


def _end_of(node_id: UUID, into: Mapping[UUID, UUID]) -> UUID:
    while node_id in into:
        node_id = into[node_id]
    return node_id


def list_merged_pairs(chain_id: UUID) -> frozenset[UUID]:
    """The pairs of a map that merges name, split ones too: these rows have to stay."""
    return frozenset(
        db.session.scalars(
            select(NodeMerge.pair_id).where(
                NodeMerge.chain_id == chain_id, NodeMerge.pair_id.is_not(None)
            )
        )
    )


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
    """The words of a node of a map or of a list, which must be the same for their content hash.

    A city stands where the list had a column for it.
    """
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


def record_of(node: ValueChainNode | NodeDraft) -> Record:
    """A node of a map or of a list, as the matcher reads it; who operates it is left out."""
    return _record(node)


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
    """The decision on two contents."""
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


def list_pairs_by_id(ids: Sequence[UUID]) -> Sequence[DuplicatePair]:
    """Some pairs by their ids, at most 500."""
    return db.session.scalars(select(DuplicatePair).where(DuplicatePair.id.in_(ids))).all()


def list_waiting_pairs(node_id: UUID) -> Sequence[DuplicatePair]:
    """The pairs of a node that wait for a decision."""
    return db.session.scalars(
        select(DuplicatePair).where(_has(node_id), DuplicatePair.state.in_(WAITING))
    ).all()


def list_partners(node_id: UUID) -> list[UUID]:
    """The nodes that a node is in a pair with, whatever was decided."""
    rows = db.session.execute(
        select(DuplicatePair.left_id, DuplicatePair.right_id).where(_has(node_id))
    ).all()
    return [left if right == node_id else right for left, right in rows]


def _has(node_id: UUID) -> ColumnElement[bool]:
    return or_(DuplicatePair.left_id == node_id, DuplicatePair.right_id == node_id)


def get_pair(pair_id: UUID, *, for_change: bool = False) -> DuplicatePair:
    """A pair, or NotFound; `for_change` holds it until the end of the unit of work."""
    statement = select(DuplicatePair).where(DuplicatePair.id == pair_id)
    return get_one(statement, for_change=for_change)


def find_pair_of(one: UUID, other: UUID) -> DuplicatePair | None:
    """The pair of two nodes, whichever way round."""
    ends = tuple_(DuplicatePair.left_id, DuplicatePair.right_id)
    return db.session.scalar(
        held(select(DuplicatePair).where(ends.in_([(one, other), (other, one)])))
    )


def get_run(run_id: UUID, *, for_change: bool = False) -> MatchRun:
    """A search or a merge of many, or NotFound."""
    statement = select(MatchRun).where(MatchRun.id == run_id)
    return get_one(statement, for_change=for_change)


def find_last_run(chain_id: UUID, kind: MatchRunKind) -> MatchRun | None:
    """The run of a kind that was asked for last."""
    return db.session.scalar(
        select(MatchRun)
        .where(MatchRun.chain_id == chain_id, MatchRun.kind == kind)
        .order_by(MatchRun.created_at.desc(), MatchRun.id.desc())
        .limit(1)
    )
