"""Where nodes stand: coordinates as they are kept."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.models.value_chain import ValueChainNode

Degrees = tuple[float, float]


def list_coordinates(chain_id: UUID) -> Mapping[UUID, Degrees]:
    """Longitude and latitude (WGS 84) of the standing nodes of a map that have both."""
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.longitude, ValueChainNode.latitude).where(
            ValueChainNode.chain_id == chain_id,
            ValueChainNode.archived_at.is_(None),
            ValueChainNode.longitude.is_not(None),
            ValueChainNode.latitude.is_not(None),
        )
    )
    return {key: (float(x or 0), float(y or 0)) for key, x, y in rows}
