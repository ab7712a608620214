"""Merges of nodes: those in force, the sources of a node, and the rows they moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, undefer

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.value_chain.mapping.models import NodeSummary, SupplyLink, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.matching.models import NodeMerge
from ddplatform.value_chain.matching.queries.pairs import PairRow, list_open_of
from supply_chain.matching.merging import ActiveLink

PAGE_SIZE = 50


@dataclass(frozen=True)
class SourceRecord:
    """A record that a node was made of, as its list gave it, and who put it there."""

    merge_id: UUID
    number: int
    survivor_id: UUID
    survivor_name: str
    node_id: UUID
    name: str
    external_ref: str
    country: str | None
    address: str | None
    merged_at: datetime
    merged_by: str | None


@dataclass(frozen=True)
class NodeSources:
    """The records a node was made of, pairs that wait for a decision, and where it went itself."""

    records: Sequence[SourceRecord]
    pairs: Sequence[PairRow]
    part_of: ValueChainNode | None
    merge_id: str | None


def get_merge(merge_id: UUID) -> NodeMerge:
    """A merge, or NotFound."""
    return get_one(select(NodeMerge).where(NodeMerge.id == merge_id))


def get_merge_with_rows(merge_id: UUID) -> NodeMerge:
    """The same with the rows it moved, held until the end of the unit of work and read anew."""
    statement = select(NodeMerge).where(NodeMerge.id == merge_id)
    return get_one(
        statement.options(undefer(NodeMerge.moved), undefer(NodeMerge.links)), for_change=True
    )


def get_node_anew(node_id: UUID) -> ValueChainNode:
    """A node as the database holds it now, whatever this unit of work read before; or NotFound."""
    db.session.flush()  # what this unit of work changed is part of it
    return get_one(
        select(ValueChainNode)
        .where(ValueChainNode.id == node_id)
        .execution_options(populate_existing=True)
    )


def find_summary_anew(node_id: UUID) -> NodeSummary | None:
    """The summary of a node as the database holds it now; None before the first refresh."""
    return db.session.scalar(
        select(NodeSummary)
        .where(NodeSummary.node_id == node_id)
        .execution_options(populate_existing=True)
    )


def find_merge_of(absorbed_id: UUID) -> NodeMerge | None:
    """The merge by which a node became part of another; None where it stands by itself."""
    return db.session.scalar(
        select(NodeMerge).where(NodeMerge.absorbed_id == absorbed_id, NodeMerge.split_at.is_(None))
    )


def find_merge_of_pair(pair_id: UUID) -> NodeMerge | None:
    """The standing merge that followed from a decision on a pair."""
    return db.session.scalar(
        select(NodeMerge).where(NodeMerge.pair_id == pair_id, NodeMerge.split_at.is_(None))
    )


def next_number(chain_id: UUID) -> int:
    """The place of the next merge in the order of a map; its row is locked by the caller."""
    last = select(func.max(NodeMerge.number)).where(NodeMerge.chain_id == chain_id)
    return (db.session.scalar(last) or 0) + 1


def list_newer_merges(merge: NodeMerge) -> Sequence[NodeMerge]:
    """The standing merges of the same map after this one, in their order, with their rows."""
    return db.session.scalars(
        select(NodeMerge)
        .where(
            NodeMerge.chain_id == merge.chain_id,
            NodeMerge.number > merge.number,
            NodeMerge.split_at.is_(None),
        )
        .options(undefer(NodeMerge.moved), undefer(NodeMerge.links))
        .order_by(NodeMerge.number)
    ).all()


def list_merges_of_run(run_id: UUID) -> Sequence[UUID]:
    """The standing merges of one run, the last one first."""
    return db.session.scalars(
        select(NodeMerge.id)
        .where(NodeMerge.run_id == run_id, NodeMerge.split_at.is_(None))
        .order_by(NodeMerge.number.desc())
    ).all()


def load_active_links(chain_id: UUID, nodes: Sequence[UUID]) -> list[ActiveLink[UUID]]:
    """All standing links of some nodes of a map, each once, by key."""
    found: dict[UUID, ActiveLink[UUID]] = {}
    for end in (SupplyLink.supplier_id, SupplyLink.buyer_id):
        rows = db.session.execute(
            select(
                SupplyLink.id,
                SupplyLink.supplier_id.label("supplier"),
                SupplyLink.buyer_id.label("buyer"),
                SupplyLink.kind,
                SupplyLink.commodity_ref.label("commodity"),
                SupplyLink.share,
                SupplyLink.flow_evidence,
                SupplyLink.valid_from,
                SupplyLink.valid_to,
            ).where(
                SupplyLink.chain_id == chain_id,
                end.in_(nodes),
                SupplyLink.archived_at.is_(None),
            )
        ).all()
        found |= {row.id: ActiveLink(**row._mapping) for row in rows}
    return sorted(found.values(), key=lambda link: link.id)


def load_archived_ends(links: Iterable[UUID]) -> Mapping[UUID, datetime]:
    """Link -> when the later one of its archived ends left the map, of links that have one."""
    wanted = list(links)
    rows = db.session.execute(
        select(SupplyLink.id, func.max(ValueChainNode.archived_at).label("moment"))
        .join(
            ValueChainNode,
            or_(
                ValueChainNode.id == SupplyLink.supplier_id,
                ValueChainNode.id == SupplyLink.buyer_id,
            ),
        )
        .where(SupplyLink.id.in_(wanted), ValueChainNode.archived_at.is_not(None))
        .group_by(SupplyLink.id)
    ).all()
    return {row.id: row.moment for row in rows}


def load_sources(node: ValueChainNode) -> NodeSources:
    """Everything that matching knows of one node."""
    records = list_sources(node.id)
    if node.archived_at is None:
        return NodeSources(records, list_open_of(node), None, None)
    merge = find_merge_of(node.id)
    if merge is None:
        return NodeSources(records, (), None, None)
    return NodeSources(records, (), get_node(merge.survivor_id), str(merge.id))


def list_sources(node_id: UUID, *, limit: int = PAGE_SIZE) -> Sequence[SourceRecord]:
    """The records that were merged into a node, those inside them included, in their order."""
    found: dict[UUID, SourceRecord] = {}
    wave = [node_id]
    while wave and len(found) < limit:
        rows = _select_sources(NodeMerge.survivor_id.in_(wave), limit=limit - len(found))
        wave = [row.node_id for row in rows if row.node_id not in found]
        found |= {row.node_id: row for row in rows}
    return sorted(found.values(), key=lambda row: row.number)


def list_merges(
    chain_id: UUID, *, before: int | None = None, limit: int = PAGE_SIZE
) -> Sequence[SourceRecord]:
    """The standing merges of a map, the last one first; `before` is the number seen last."""
    condition = NodeMerge.chain_id == chain_id
    if before is not None:
        condition &= NodeMerge.number < before
    return _select_sources(condition, limit=limit)


def _select_sources(condition: ColumnElement[bool], *, limit: int) -> list[SourceRecord]:
    survivor, absorbed = aliased(ValueChainNode), aliased(ValueChainNode)
    rows = db.session.execute(
        select(
            NodeMerge.id.label("merge_id"),
            NodeMerge.number,
            NodeMerge.survivor_id,
            survivor.name.label("survivor_name"),
            absorbed.id.label("node_id"),
            absorbed.name,
            absorbed.external_ref,
            absorbed.country,
            absorbed.address,
            NodeMerge.merged_at,
            User.name.label("merged_by"),
        )
        .join(survivor, survivor.id == NodeMerge.survivor_id)
        .join(absorbed, absorbed.id == NodeMerge.absorbed_id)
        .outerjoin(User, User.id == NodeMerge.merged_by_id)
        .where(condition, NodeMerge.split_at.is_(None))
        .order_by(NodeMerge.number.desc())
        .limit(limit)
    ).all()
    return [SourceRecord(**row._mapping) for row in rows]


def load_merged_refs(chain_id: UUID) -> Mapping[str, str]:
    """External id of each absorbed record -> that of the node which stands for it now."""
    survivor, absorbed = aliased(ValueChainNode), aliased(ValueChainNode)
    rows = db.session.execute(
        select(absorbed.external_ref.label("ref"), survivor.external_ref.label("into"))
        .select_from(NodeMerge)
        .join(survivor, survivor.id == NodeMerge.survivor_id)
        .join(absorbed, absorbed.id == NodeMerge.absorbed_id)
        .where(NodeMerge.chain_id == chain_id, NodeMerge.split_at.is_(None))
    ).all()
    into = {row.ref: row.into for row in rows}
    return {ref: _end_of(ref, into) for ref in into}


def _end_of(ref: str, into: Mapping[str, str]) -> str:
    while ref in into:
        ref = into[ref]
    return ref


def load_merged_contents(chain_id: UUID) -> Mapping[str, str]:
    """Content hash of each absorbed record -> external id of the node it became part of."""
    rows = db.session.execute(
        select(NodeMerge.absorbed_hash, ValueChainNode.external_ref)
        .join(ValueChainNode, ValueChainNode.id == NodeMerge.survivor_id)
        .where(NodeMerge.chain_id == chain_id, NodeMerge.split_at.is_(None))
        .order_by(NodeMerge.number)
    ).all()
    return {row.absorbed_hash: row.external_ref for row in rows}
