"""Registrations of the history of a map with other features."""

from ddplatform.value_chain.history.models import MapChange
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Register the column that names a node."""
    why = "what one record said before; a past day needs it where it was"
    register_references(NodeReference(MapChange.node_id, stays=why))
