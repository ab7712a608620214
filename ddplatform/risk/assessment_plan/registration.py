"""Recipients of a campaign that is sent from an assessment plan."""

from ddplatform.risk.assessment_plan.queries.plans import get_plan_row, list_planned_nodes
from ddplatform.risk.assessment_plan.services.assign import note_sent
from ddplatform.supplier_engagement.campaigns.queries.campaigns import (
    ASSESSMENT_PLAN,
    PLANS,
    PlanSource,
)


def register() -> None:
    """Fill the registry of campaigns."""
    PLANS.add(ASSESSMENT_PLAN, PlanSource(get_plan_row, list_planned_nodes, note_sent))
