"""What events around sites tell earlier packages of themselves."""

from ddplatform.risk.context_events.models import ContextEventNode
from ddplatform.value_chain.merging.queries.references import (
    NodeReference,
    Once,
    register_references,
)


def register() -> None:
    """Which column names a node: an event names it once."""
    once = Once((ContextEventNode.event_id,))
    register_references(NodeReference(ContextEventNode.node_id, once=once))
