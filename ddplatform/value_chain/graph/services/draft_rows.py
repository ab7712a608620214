"""Rows from drafts: the columns of a node or link, with the values of a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.infrastructure.bulk import rising_keys
from supply_chain.graph.labels import take_labels
from supply_chain.intake.drafts import LinkDraft, NodeDraft
from supply_chain.vocabulary import FlowEvidence

Row = dict[str, Any]


def node_values(draft: NodeDraft, keys: Mapping[str, UUID]) -> Row:
    """The columns of a node; an operator that the map lacks is none."""
    tags, group, attributes = take_labels(draft.attributes)
    return {
        "name": draft.name,
        "kind": draft.kind,
        "country": draft.country,
        "region": draft.region,
        "address": draft.address,
        "latitude": draft.latitude,
        "longitude": draft.longitude,
        "sector_ref": draft.sector,
        "commodity_refs": list(draft.commodities),
        "operated_by_id": keys.get(draft.operated_by) if draft.operated_by else None,
        "own_operation": draft.own_operation,
        "is_origin": draft.origin,
        "external_ids": dict(draft.external_ids),
        "attributes": attributes,
        "tags": tags,
        "group_name": group,
    }


def link_values(draft: LinkDraft) -> Row:
    """The columns of a link that are not its ends; an unstated flow counts as unmapped."""
    return {
        "kind": draft.kind,
        "commodity_ref": draft.commodity,
        "share": draft.share,
        "flow_evidence": draft.flow_evidence or FlowEvidence.UNMAPPED,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
    }


def new_node_rows(
    drafts: Sequence[NodeDraft], keys: Mapping[str, UUID], *, chain_id: UUID, at: datetime
) -> list[Row]:
    """Rows to insert, operators before what they operate, so that no row points to a later one.

    Where operators form a circle, which no business can, its nodes are said to have none.
    """
    return [
        {
            "id": keys[draft.id],
            "chain_id": chain_id,
            "external_ref": draft.id,
            "row_version": 1,
            "created_at": at,
            **node_values(draft, keys),
        }
        for draft in _operators_first(drafts)
    ]


def _operators_first(drafts: Sequence[NodeDraft]) -> list[NodeDraft]:
    waiting = list(drafts)
    unplaced = {draft.id for draft in drafts}
    placed: list[NodeDraft] = []
    while True:
        ready = [draft for draft in waiting if draft.operated_by not in unplaced]
        if not ready:
            return [*placed, *(replace(draft, operated_by=None) for draft in waiting)]
        placed += ready
        unplaced -= {draft.id for draft in ready}
        waiting = [draft for draft in waiting if draft.id in unplaced]


def new_link_rows(
    drafts: Sequence[LinkDraft], keys: Mapping[str, UUID], *, chain_id: UUID, at: datetime
) -> list[Row]:
    """Rows to insert, each with a key of its own."""
    return [
        {
            "id": key,
            "chain_id": chain_id,
            "supplier_id": keys[draft.supplier],
            "buyer_id": keys[draft.buyer],
            "row_version": 1,
            "created_at": at,
            **link_values(draft),
        }
        for draft, key in zip(drafts, rising_keys(len(drafts)), strict=True)
    ]
