"""Visits from lines of assessment plans, each an action on a finding."""

from uuid import UUID

from ddplatform.due_diligence.actions.services.actions import ActionPlan, plan
from ddplatform.due_diligence.findings.models import FindingSource
from ddplatform.due_diligence.findings.queries import find_newest_open
from ddplatform.due_diligence.findings.services.findings import (
    TITLE_LENGTH,
    FindingFields,
    record,
)
from ddplatform.infrastructure.access.identity import Act
from ddplatform.risk.assessment_plan.services.assign import WantedVisit
from supply_chain.risk.issue_names import ISSUE_TERMS

INDICATOR = "IND-02"  # sites assessed in the last 12 months


def plan_visit(wanted: WantedVisit, *, act: Act) -> UUID:
    """Plan a visit: an action about the newest open finding on its issue at the node, or about a
    new one that says how little is known; its key.

    Raises:
        NotFound: no such node.
        Invalid: no owner, or a day that is past.
    """
    finding_id = find_newest_open(wanted.node_id, wanted.issue)
    if finding_id is None:
        finding_id = record(wanted.node_id, _gap(wanted), act=act).id
    action = plan(
        finding_id,
        ActionPlan(
            title="Visit unannounced, with the voice of workers",
            description="See what is known too little of: "
            f"{ISSUE_TERMS[wanted.issue]}. Staff who are trained in child "
            "safeguarding talk with workers, families and the community, apart from managers. "
            "A child found at work is helped first (remediation protocol); finding and helping "
            "is no reason to leave.",
            success_measure="A report of the visit says for each open question what was seen and "
            "who was heard; the scores rest on it.",
            due_on=wanted.due_on,
            indicator=INDICATOR,
            owner_id=wanted.owner_id,
        ),
        act=act,
    )
    return action.id


def _gap(wanted: WantedVisit) -> FindingFields:
    return FindingFields(
        issue=wanted.issue,
        title=f"Too little is known: {ISSUE_TERMS[wanted.issue]}"[:TITLE_LENGTH],
        description=f"{wanted.could_be}. Nothing was found yet; a visit was planned to learn more.",
        source=FindingSource.OWN_CHECK,
    )
