"""Registrations of the follow-up of risks with earlier packages."""

from ddplatform.risk.follow_up.models import RiskFollowUp
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Register the column that names a node."""
    register_references(NodeReference(RiskFollowUp.node_id))
