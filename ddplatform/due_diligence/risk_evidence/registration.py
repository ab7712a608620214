"""Evidence about a place for risk, from findings, actions and remediation cases."""

from sqlalchemy import true

from ddplatform.due_diligence.actions.services.visits import plan_visit
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.risk_evidence import queries
from ddplatform.risk.assessment_plan.models import StepKind
from ddplatform.risk.assessment_plan.queries.plans import PLANNED_VISITS, PlannedVisits
from ddplatform.risk.assessment_plan.services.assign import PLAN_VISIT
from ddplatform.risk.facts.queries import sources as facts
from ddplatform.risk.facts.services.fresh import FURTHER_EVIDENCE
from ddplatform.risk.follow_up.queries import OPEN_STEPS
from ddplatform.risk.reassessment.queries import sources as reassessment
from ddplatform.risk.response.queries import sources as response
from ddplatform.risk.scenarios.queries.scenarios import OPEN_FINDINGS
from supply_chain.risk.follow_up import OpenStep

FINDING, ACTION = Finding.__tablename__, MitigationAction.__tablename__


def register() -> None:
    """Fill the registries of risk."""
    facts.ASSESSED_FINDINGS.add("findings", queries.select_assessed_findings)
    facts.IN_REMEDY.add(FINDING, queries.is_finding_in_remedy)
    # A case is remediation, whatever its state.
    facts.IN_REMEDY.add("case", lambda _: true())
    FURTHER_EVIDENCE.add(FINDING, (Finding, ("node_id", "status", "created_at", "closed_at")))
    OPEN_STEPS.add(OpenStep.FINDING.value, queries.select_open_findings)
    OPEN_STEPS.add(OpenStep.ACTION.value, queries.select_open_actions)
    OPEN_STEPS.add(OpenStep.VISIT.value, queries.select_open_visits)
    OPEN_FINDINGS.add(FINDING, queries.select_findings_at)
    reassessment.SUBJECTS.add(FINDING, queries.select_finding_nodes)
    reassessment.SUBJECTS.add(ACTION, queries.select_action_nodes)
    reassessment.OPEN_WORK.add(FINDING, queries.select_nodes_with_findings)
    reassessment.OWNERS.add(FINDING, queries.select_owners)
    response.ACTIONS.add(ACTION, queries.select_supplier_actions)
    response.DISCLOSED.add(FINDING, queries.select_disclosed)
    PLANNED_VISITS.add(
        StepKind.VISIT.value,
        PlannedVisits(queries.state_of_action, queries.select_nodes_to_visit),
    )
    PLAN_VISIT.add(StepKind.VISIT.value, plan_visit)
