"""Registrations of findings and actions with earlier packages."""

from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.services import counts
from ddplatform.due_diligence.findings.services.findings import record_listed
from ddplatform.evidence.uploads.queries.targets import (
    TARGETS,
    Target,
    TargetPage,
    TargetRecord,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.runs.models import ControlRecord, RiskFact
from ddplatform.supplier_engagement.responses.models import Response
from ddplatform.supplier_engagement.responses.queries.responses import select_responses_at
from ddplatform.value_chain.merging.queries.references import (
    Dependence,
    Follow,
    Leads,
    NodeReference,
    register_follows,
    register_references,
    rows_at,
)
from ddplatform.value_chain.merging.services.summaries import COUNTS
from ddplatform.value_chain.screening.services.matches import FINDING, RECORDERS


def register() -> None:
    """Register document targets, effects of matches, counts, and moves with a node."""
    page = TargetPage("findings.show", "finding_id", Permission.FINDING_READ)
    record = TargetRecord(Finding.title, get_finding, "finding", (page,))
    TARGETS.add(Finding.__tablename__, Target(_("Finding"), record))
    RECORDERS.add(FINDING, record_listed)
    COUNTS.add(Finding.__tablename__, counts.refresh)
    recorded = Dependence("finding", "findings", Leads.FINDING, item=(Finding.id, Finding.title))
    register_references(
        NodeReference(Finding.node_id, counted_as="Findings", dependence=recorded),
        NodeReference(MitigationAction.node_id),
    )
    _register_follows()


def _register_follows() -> None:
    """A finding goes with its answers; actions, facts and controls go with what they come from."""
    register_follows(
        Response.__tablename__,
        Follow(Finding.node_id, Finding.response_id, select_responses_at),
    )
    findings = rows_at(Finding.node_id)
    register_follows(
        Finding.__tablename__,
        Follow(MitigationAction.node_id, MitigationAction.finding_id, findings),
        Follow(RiskFact.node_id, RiskFact.cause_id, findings),
    )
    actions = rows_at(MitigationAction.node_id)
    register_follows(
        MitigationAction.__tablename__,
        Follow(ControlRecord.node_id, ControlRecord.cause_id, actions),
    )
