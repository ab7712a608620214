"""What the follow-up of risks registers with earlier packages."""

from ddplatform.risk.follow_up.models import RiskFollowUp
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Which column names a node."""
    register_references(NodeReference(RiskFollowUp.node_id))
