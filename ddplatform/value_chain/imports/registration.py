"""Registrations of imports of lists with other features."""

from ddplatform.accounts.storage.queries import COUNTED
from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.value_chain.imports.models import ImportGone
from ddplatform.value_chain.imports.queries import count_used, names_bytes
from ddplatform.value_chain.mapping.models import MapImport
from ddplatform.value_chain.merging.queries.references import NodeReference, register_references


def register() -> None:
    """Register the column that names a node, and the stored files."""
    why = "a question of one list about one of its records"
    register_references(NodeReference(ImportGone.node_id, stays=why))
    KEEPERS.add(MapImport.__tablename__, names_bytes)
    COUNTED.add(MapImport.__tablename__, count_used)
