"""What observations of places register with earlier packages."""

from ddplatform.risk.observations.models import PlaceObservation
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Which column names a node."""
    register_references(NodeReference(PlaceObservation.node_id))
