"""Changes by people since an import to its nodes and links, unless reversed.

The history of the map holds the values of a part before each step (ADR 12): a part with the same
values as right after the import does not prevent the undo of the import. Steps of lists, of merges
and of their splits are no changes by hand; a merge in force is named by itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.history.models import MapChange, MapStep
from ddplatform.value_chain.history.queries.values import list_values, plain
from ddplatform.value_chain.mapping.models import MapImport, SupplyLink, ValueChainNode
from ddplatform.value_chain.matching.models import NodeMerge

Model = type[ValueChainNode | SupplyLink]
_KEYS: Mapping[Model, InstrumentedAttribute[UUID | None]] = {
    ValueChainNode: MapChange.node_id,
    SupplyLink: MapChange.link_id,
}
_BY_HAND = MapStep.import_id.is_(None) & MapStep.merge_id.is_(None) & MapStep.run_id.is_(None)


def is_new(row: MapImport, model: Any) -> ColumnElement[bool]:
    """Whether a node or link came with an import."""
    return and_(model.chain_id == row.chain_id, model.created_at == row.applied_at)


def load_undo(row: MapImport) -> Mapping[str, Any]:
    """The data stored for the undo of an import: keys of the map by the kind of change."""
    return db.session.scalar(select(MapImport.undo).where(MapImport.id == row.id)) or {}


def keys_of(undo: Mapping[str, Any], *names: str) -> list[UUID]:
    """The keys that an import keeps under some names."""
    return [UUID(key) for name in names for key in undo.get(name, ())]


def find_changed(row: MapImport, undo: Mapping[str, Any]) -> tuple[set[UUID], set[UUID]]:
    """The nodes and the links of an import that say or stand otherwise than it left them."""
    part: dict[Model, str] = {ValueChainNode: "nodes", SupplyLink: "links"}
    nodes, links = (
        _says_else(row, model, keys_of(undo, f"{name}_changed", f"{name}_revived"))
        | _stands_else(row, model, undo, name)
        for model, name in part.items()
    )
    return nodes, links | _put_at(row, undo)


@many_objects()
def _says_else(row: MapImport, model: Model, changed: Sequence[UUID]) -> set[UUID]:
    oldest: dict[UUID, dict[str, Any]] = defaultdict(dict)
    by_hand: dict[UUID, set[str]] = defaultdict(set)
    which = is_new(row, model) | among(model.id, changed)
    for key, before, is_by_hand in db.session.execute(
        _since(row, model).where(which).order_by(MapStep.version.desc())
    ):
        oldest[key].update(before)  # newest first, so the oldest word stays
        if is_by_hand:
            by_hand[key].update(before)
    columns = sorted({name for names in by_hand.values() for name in names} - {"archived_at"})
    today = list_values(model, among(model.id, list(by_hand)), *columns)
    return {
        key
        for key, *values in today
        if any(
            name in by_hand[key] and plain(value) != oldest[key][name]
            for name, value in zip(columns, values, strict=True)
        )
    }


def _since(row: MapImport, model: Model) -> Any:
    key = _KEYS[model]
    return (
        select(key, MapChange.before, _BY_HAND)
        .join(MapStep, MapStep.id == MapChange.step_id)
        .join(model, model.id == key)
        .where(MapStep.chain_id == row.chain_id, MapStep.version > (row.chain_version or 0))
    )


def _stands_else(row: MapImport, model: Model, undo: Mapping[str, Any], name: str) -> set[UUID]:
    """Parts that it left active and are archived, and parts that it archived and are active."""
    kept = is_new(row, model) | among(model.id, keys_of(undo, f"{name}_changed", f"{name}_revived"))
    left = kept & model.archived_at.is_not(None) & ~_is_merged_away(model)
    back = among(model.id, keys_of(undo, f"{name}_gone")) & model.archived_at.is_(None)
    return set(db.session.scalars(select(model.id).where(left | back)))


def _is_merged_away(model: Model) -> ColumnElement[bool]:
    """Whether a merge that stands took it out of the map."""
    standing = NodeMerge.split_at.is_(None) & (NodeMerge.chain_id == model.chain_id)
    if model is ValueChainNode:
        return select(NodeMerge.id).where(standing, NodeMerge.absorbed_id == model.id).exists()
    return select(NodeMerge.id).where(standing, NodeMerge.merged_at == model.archived_at).exists()


def _put_at(row: MapImport, undo: Mapping[str, Any]) -> set[UUID]:
    """Active links that others added to nodes which the import added or restored.

    Those at a node that was merged since are left to the merge, which moved links there.
    """
    node, link = ValueChainNode, SupplyLink
    merged = select(select_merges_since(row, undo).subquery().c.id)
    brought = select(node.id).where(
        is_new(row, node) | among(node.id, keys_of(undo, "nodes_revived")), node.id.not_in(merged)
    )
    return set(
        db.session.scalars(
            select(link.id).where(
                link.chain_id == row.chain_id,
                link.archived_at.is_(None),
                link.created_at != row.applied_at,
                link.supplier_id.in_(brought) | link.buyer_id.in_(brought),
            )
        )
    )


def select_merges_since(row: MapImport, undo: Mapping[str, Any]) -> Select[UUID, str]:
    """The key and name of what stays in each standing merge that touches what an import did."""
    merge, link = NodeMerge, SupplyLink
    node, stays = aliased(ValueChainNode), ValueChainNode
    ends = (merge.survivor_id, merge.absorbed_id)
    nodes = select(node.id).where(
        is_new(row, node)
        | among(node.id, keys_of(undo, "nodes_revived", "nodes_changed", "nodes_gone"))
    )
    links = select(link.id).where(
        is_new(row, link) | among(link.id, keys_of(undo, "links_changed", "links_gone")),
        link.supplier_id.in_(ends) | link.buyer_id.in_(ends),
    )
    made = select(MapStep.id).where(
        MapStep.chain_id == row.chain_id,
        MapStep.version > (row.chain_version or 0),
        (MapStep.merge_id == merge.id) | (MapStep.run_id == merge.run_id),
    )
    return (
        select(stays.id, stays.name)
        .join(merge, merge.survivor_id == stays.id)
        .where(
            merge.chain_id == row.chain_id,
            merge.split_at.is_(None),
            made.exists(),
            or_(*(end.in_(nodes) for end in ends), links.exists()),
        )
    )
