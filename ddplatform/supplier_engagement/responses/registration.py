"""Registrations of answers with earlier packages."""

from ddplatform.evidence.uploads.queries.targets import TARGETS, Target
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.responses.models import RedFlag, Response, RiskSignal
from ddplatform.supplier_engagement.responses.queries.responses import select_responses_at
from ddplatform.value_chain.merging.queries.references import (
    Dependence,
    Follow,
    NodeReference,
    register_follows,
    register_references,
)


def register() -> None:
    """Register document targets, the columns that name a node, and dependents of answers."""
    TARGETS.add(Response.__tablename__, Target(_("Questionnaire")))
    answers = Dependence("site with answers", "sites with answers")
    register_references(
        NodeReference(RiskSignal.node_id, dependence=answers),
        NodeReference(RedFlag.node_id),
    )
    register_follows(
        Response.__tablename__,
        Follow(RiskSignal.node_id, RiskSignal.response_id, select_responses_at),
        Follow(RedFlag.node_id, RedFlag.response_id, select_responses_at),
    )
