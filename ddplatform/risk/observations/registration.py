"""Registrations of observations of places with earlier packages."""

from ddplatform.risk.observations.models import PlaceObservation
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Register the column that names a node."""
    register_references(NodeReference(PlaceObservation.node_id))
