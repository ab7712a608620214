"""Links and nodes of a map, for requests for approval of those that a list names."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChainNode


def list_flows(chain_id: UUID) -> Iterable[Row[*tuple[Any, ...]]]:
    """The standing links of a map by their key, with the columns by which a list names one."""
    link = SupplyLink
    return db.session.execute(
        select(
            *(link.id, link.supplier_id, link.buyer_id),
            *(link.kind, link.commodity_ref, link.valid_from),
        )
        .where(link.chain_id == chain_id, link.archived_at.is_(None))
        .order_by(link.id)
    )


def load_refs(chain_id: UUID) -> Mapping[UUID, str]:
    """The external ids of the standing nodes of a map, in their order."""
    rows = db.session.execute(
        select(ValueChainNode.id, ValueChainNode.external_ref)
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    )
    return {key: ref for key, ref in rows}
