"""Registrations of the matching of records with other features."""

from ddplatform.value_chain.matching.models import DuplicatePair, NodeMerge
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references

OPEN_PAIRS = "pairs that are still open are pointed to the one that stays"
THE_MERGE = "the record of a merge itself"


def register() -> None:
    """Register the columns that name a node."""
    register_references(
        NodeReference(DuplicatePair.left_id, stays=OPEN_PAIRS),
        NodeReference(DuplicatePair.right_id, stays=OPEN_PAIRS),
        NodeReference(NodeMerge.survivor_id, stays=THE_MERGE),
        NodeReference(NodeMerge.absorbed_id, stays=THE_MERGE),
    )
