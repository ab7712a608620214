"""Registrations of approvals with other features."""

from ddplatform.value_chain.approvals.models import Approval
from ddplatform.value_chain.mapping.models import SupplyLink
from ddplatform.value_chain.merging.queries.references import (
    Follow,
    NodeReference,
    register_follows,
    register_references,
    rows_at,
)


def register() -> None:
    """Register the column that names a node, and that an approval of a flow follows its link."""
    register_references(NodeReference(Approval.node_id))
    links = rows_at(SupplyLink.supplier_id)
    register_follows(SupplyLink.__tablename__, Follow(Approval.node_id, Approval.link_id, links))
