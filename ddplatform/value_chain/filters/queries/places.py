"""Locations of nodes: coordinates in the precision that may leave the platform."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.approvals.queries.approvals import was_called_origin
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.graph.home_places import coarse, may_be_home, texts_of


class Place(NamedTuple):
    """Degrees (WGS 84), rounded where somebody may live."""

    longitude: float
    latitude: float
    is_rounded: bool


def list_coordinates(chain_id: UUID) -> Mapping[UUID, Place]:
    """The places of the standing nodes of a map that have both coordinates."""
    node = ValueChainNode
    rows = db.session.execute(
        select(
            node.id,
            node.longitude,
            node.latitude,
            node.name,
            node.sector_ref,
            node.commodity_refs,
            node.is_origin,
            node.tags,
            node.group_name,
            node.attributes,
            was_called_origin(node.id).label("is_said_origin"),
        ).where(
            node.chain_id == chain_id,
            node.archived_at.is_(None),
            node.longitude.is_not(None),
            node.latitude.is_not(None),
        )
    )
    return {row.id: _place(row) for row in rows}


def _place(row: Any) -> Place:
    is_home = may_be_home(
        sector=row.sector_ref,
        is_origin=row.is_origin or row.is_said_origin,
        commodities=row.commodity_refs,
        texts=[row.name, *texts_of([row.tags, row.group_name, *row.attributes.values()])],
    )
    x, y = row.longitude, row.latitude
    return Place(coarse(x), coarse(y), True) if is_home else Place(x, y, False)
