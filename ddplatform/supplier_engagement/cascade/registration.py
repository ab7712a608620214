"""Registrations of suppliers of suppliers with earlier packages."""

from ddplatform.supplier_engagement.cascade.models import ChainProposal
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Register the column that only seems to name a node."""
    why = "a line of the respondent's own list, which is no node"
    register_references(NodeReference(ChainProposal.own_supplier_id, stays=why))
