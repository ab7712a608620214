"""Registrations of questionnaires with earlier packages."""

from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.supplier_engagement.library.models import Assignment, OwnFormDraft
from ddplatform.supplier_engagement.library.queries import names_bytes
from ddplatform.value_chain.merging.queries.references import (
    Dependence,
    Leads,
    NodeReference,
    register_references,
)


def register() -> None:
    """Register the column that names a node, and the files to keep."""
    sent = Dependence(
        "questionnaire sent",
        "questionnaires sent",
        Leads.ASSIGNMENT,
        item=(Assignment.id, Assignment.node_name),
    )
    register_references(
        NodeReference(Assignment.node_id, counted_as="Questionnaires", dependence=sent)
    )
    KEEPERS.add(OwnFormDraft.__tablename__, names_bytes)
