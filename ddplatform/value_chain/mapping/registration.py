"""What the map of the value chain tells other features of itself."""

from ddplatform.value_chain.mapping.models import MapImport, NodeSummary, ValueChainNode
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Which columns name a node."""
    register_references(
        NodeReference(ValueChainNode.operated_by_id),
        NodeReference(MapImport.link_to_id),
        NodeReference(
            NodeSummary.node_id, stays="one row for each node, made anew from the rows that moved"
        ),
    )
