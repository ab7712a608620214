"""Registrations of the map of the value chain with evidence and other features."""

from ddplatform.evidence.uploads.queries.targets import TARGETS, Target
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.mapping.models import (
    MapImport,
    NodeSummary,
    SupplyLink,
    ValueChainNode,
)
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Register the owners of documents, and the columns that name a node."""
    TARGETS.add(SupplyLink.__tablename__, Target(_("Supply link")))
    register_references(
        NodeReference(ValueChainNode.operated_by_id),
        NodeReference(MapImport.link_to_id),
        NodeReference(
            NodeSummary.node_id, stays="one row for each node, made anew from the rows that moved"
        ),
    )
