"""What imports of lists tell other features of themselves."""

from ddplatform.value_chain.imports.models import ImportGone
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Which column names a node."""
    why = "a question of one list about one of its records"
    register_references(NodeReference(ImportGone.node_id, stays=why))
