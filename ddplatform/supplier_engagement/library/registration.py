"""What questionnaires register with earlier packages."""

from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.value_chain.merging.queries.references import (
    Dependence,
    Leads,
    NodeReference,
    register_references,
)


def register() -> None:
    """Which column names a node."""
    sent = Dependence(
        "questionnaire sent",
        "questionnaires sent",
        Leads.ASSIGNMENT,
        item=(Assignment.id, Assignment.node_name),
    )
    register_references(
        NodeReference(Assignment.node_id, counted_as="Questionnaires", dependence=sent)
    )
