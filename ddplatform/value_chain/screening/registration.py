"""Registrations of the screening of official lists with other features."""

from ddplatform.value_chain.merging.queries.references import (
    NodeReference,
    Once,
    register_references,
)
from ddplatform.value_chain.screening.models import ScreeningMatch


def register() -> None:
    """Register the column that names a node: it is compared with an entry once."""
    once = Once((ScreeningMatch.listed_id,))
    register_references(NodeReference(ScreeningMatch.node_id, once=once))
