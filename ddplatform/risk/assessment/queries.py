"""Input of an incremental run: changed nodes where no link changed, and summaries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.history.models import MapChange, MapStep
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.graph.columns import NodeColumns

ACTIONS = frozenset(
    {
        *("node:change", "value_chain:change"),
        *("approval:approve", "approval:end", "approval:expire"),
    }
)
"""Steps of a map that leave which nodes there are, and all links but those that they name."""
READ = frozenset({"name", "kind", "country", "sector_ref", "commodity_refs", "is_origin"})
"""The data of a node that a run reads, besides whether it is the own business."""
NOT_READ = frozenset(
    {
        *("region", "address", "latitude", "longitude", "operated_by_id"),
        *("external_ids", "attributes", "tags", "group_name"),
    }
)


@dataclass(frozen=True)
class OwnFacts:
    """The own data of some nodes; one entry each."""

    keys: Sequence[UUID]
    names: Sequence[str]
    nodes: NodeColumns


def find_own_changes(chain: ValueChain, after: int) -> set[UUID] | None:
    """The nodes of which a run reads something else since a version of their map.

    Returns:
        None where anything else changed: a link, which nodes there are, the own business.
    """
    if chain.version == after:
        return set()
    rows = db.session.execute(
        select(
            MapStep.version, MapStep.action, MapChange.node_id, MapChange.link_id, MapChange.before
        )
        .outerjoin(MapChange, MapChange.step_id == MapStep.id)
        .where(MapStep.chain_id == chain.id, MapStep.version > after)
    ).all()
    if {row.version for row in rows} != set(range(after + 1, chain.version + 1)):
        return None  # what no history tells may be anything
    if any(row.action not in ACTIONS or row.link_id is not None for row in rows):
        return None
    of_nodes = [(row.node_id, set(row.before)) for row in rows if row.node_id is not None]
    if any(columns - READ - NOT_READ for _, columns in of_nodes):
        return None
    return {node_id for node_id, columns in of_nodes if columns & READ}


def load_own_facts(keys: Sequence[UUID]) -> OwnFacts:
    """The current own data of these nodes, in this order."""
    node = ValueChainNode
    found = db.session.execute(
        select(
            *(node.id, node.external_ref, node.name, node.kind, node.country, node.sector_ref),
            *(node.commodity_refs, node.own_operation, node.is_origin),
        ).where(node.id.in_(keys))
    )
    by_key = {row.id: row for row in found}
    rows = [by_key[key] for key in keys]
    nodes = NodeColumns.build(
        [row.external_ref for row in rows],
        kind=[row.kind for row in rows],
        country=[row.country for row in rows],
        sector=[row.sector_ref for row in rows],
        commodities=[row.commodity_refs for row in rows],
        own_operation=[row.own_operation for row in rows],
        origin=[row.is_origin for row in rows],
    )
    return OwnFacts(keys, [row.name for row in rows], nodes)


def hold_summaries(which: ColumnElement[bool], *more: str) -> dict[UUID, Row[*tuple[Any, ...]]]:
    """Summaries by node, held until the end of the unit of work.

    Each has its tier and what no run works out.

    Args:
        more: further columns, by name.
    """
    rows = db.session.execute(
        select(
            NodeSummary.node_id,
            NodeSummary.tier,
            NodeSummary.open_findings,
            NodeSummary.overdue_actions,
            NodeSummary.questionnaire_status,
            *(getattr(NodeSummary, name) for name in more),
        )
        .where(which)
        .with_for_update()
    )
    return {row.node_id: row for row in rows}
