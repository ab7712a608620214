"""Map as drafts, the form in which files are compared with it and in which it is exported."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.history.models import Part
from ddplatform.value_chain.history.queries.past import Past
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode
from ddplatform.value_chain.matching.models import NodeMerge
from supply_chain.graph.labels import labelled
from supply_chain.intake.drafts import LinkDraft, NodeDraft

LinkKey = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class MapDrafts:
    """All nodes and links of a map that are not archived, with their keys."""

    nodes: tuple[NodeDraft, ...]
    links: tuple[LinkDraft, ...]
    node_keys: dict[str, UUID]
    """External id -> key, archived nodes included: their ids stay taken."""
    archived: frozenset[str]
    """External ids of the archived nodes."""
    link_keys: dict[LinkKey, UUID]


def load_drafts(chain_id: UUID, *, past: Past | None = None) -> MapDrafts:
    """A map as drafts in two statements, ordered by external id; of a past day in its words."""
    rows = db.session.execute(_select_nodes(chain_id)).all()
    ref_of = {row.id: row.external_ref for row in rows}
    standing = {row.id: row for row in _standing(ValueChainNode, rows, past)}
    gone = ref_of.keys() - standing.keys()
    links = dict(_links(chain_id, ref_of, gone, past))
    return MapDrafts(
        nodes=tuple(_node(row, ref_of, gone) for row in standing.values()),
        links=tuple(sorted(links, key=lambda link: link.key)),
        node_keys={ref: key for key, ref in ref_of.items()},
        archived=frozenset(ref_of[key] for key in gone),
        link_keys={link.key: key for link, key in links.items()},
    )


def load_source_drafts(chain_id: UUID) -> dict[str, NodeDraft]:
    """The records that were merged into others, by external id, as their lists gave them.

    Who operates them is left out: that is asked of the node that stands for them.
    """
    merged = select(NodeMerge.absorbed_id).where(
        NodeMerge.chain_id == chain_id, NodeMerge.split_at.is_(None)
    )
    rows = db.session.execute(_select_nodes(chain_id).where(ValueChainNode.id.in_(merged))).all()
    return {row.external_ref: _node(row, {}, set()) for row in rows}


def _select_nodes(chain_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ValueChainNode.id,
            ValueChainNode.external_ref,
            ValueChainNode.name,
            ValueChainNode.kind,
            ValueChainNode.country,
            ValueChainNode.region,
            ValueChainNode.address,
            ValueChainNode.latitude,
            ValueChainNode.longitude,
            ValueChainNode.sector_ref,
            ValueChainNode.commodity_refs,
            ValueChainNode.operated_by_id,
            ValueChainNode.own_operation,
            ValueChainNode.is_origin,
            ValueChainNode.external_ids,
            ValueChainNode.attributes,
            ValueChainNode.tags,
            ValueChainNode.group_name,
            ValueChainNode.created_at,
            ValueChainNode.archived_at,
        )
        .where(ValueChainNode.chain_id == chain_id)
        .order_by(ValueChainNode.external_ref)
    )


def _standing(model: type[Part], rows: Iterable[Any], past: Past | None) -> Iterable[Any]:
    if past is not None:
        return past.stood(model, rows)
    return (row for row in rows if row.archived_at is None)


def _node(row: Any, ref_of: dict[UUID, str], gone: Set[UUID]) -> NodeDraft:
    return NodeDraft(
        id=row.external_ref,
        name=row.name,
        kind=row.kind,
        country=row.country,
        region=row.region,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        sector=row.sector_ref,
        commodities=tuple(row.commodity_refs),
        operated_by=None if row.operated_by_id in gone else ref_of.get(row.operated_by_id),
        own_operation=row.own_operation,
        origin=row.is_origin,
        external_ids=row.external_ids,
        attributes=labelled(row.attributes, row.tags, row.group_name),
    )


def _links(
    chain_id: UUID, ref_of: dict[UUID, str], gone: Set[UUID], past: Past | None
) -> Iterator[tuple[LinkDraft, UUID]]:
    found = db.session.execute(
        select(
            SupplyLink.id,
            SupplyLink.supplier_id,
            SupplyLink.buyer_id,
            SupplyLink.kind,
            SupplyLink.commodity_ref,
            SupplyLink.share,
            SupplyLink.flow_evidence,
            SupplyLink.valid_from,
            SupplyLink.valid_to,
            SupplyLink.created_at,
            SupplyLink.archived_at,
        )
        .where(SupplyLink.chain_id == chain_id)
        .order_by(SupplyLink.id)
    )
    for row in _standing(SupplyLink, found, past):
        if row.supplier_id in gone or row.buyer_id in gone:
            continue
        yield (
            LinkDraft(
                supplier=ref_of[row.supplier_id],
                buyer=ref_of[row.buyer_id],
                kind=row.kind,
                commodity=row.commodity_ref,
                share=row.share,
                flow_evidence=row.flow_evidence,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            ),
            row.id,
        )
