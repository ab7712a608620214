"""What the page of a finding says about leverage."""

from collections.abc import Sequence
from datetime import date

from ddplatform.core.due_diligence.leverage_plan import LeveragePlan, asks_contribution
from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.languages import ngettext


def contribution_question(
    finding: Finding, plan: LeveragePlan, states: Sequence[ActionState], today: date
) -> str | None:
    """What is asked where a direct link is known for long without effect; None: nothing.

    Args:
        states: those of the actions on the finding.
    """
    stated_on = finding.step_data.get("involvement", {}).get("stated_on")
    since = date.fromisoformat(stated_on) if stated_on else finding.created_at.date()
    has_effect = ActionState.VERIFIED in states or plan.has_effect
    if not asks_contribution(
        finding.involvement, known_since=since, has_effect=has_effect, today=today
    ):
        return None
    return ngettext(
        "Assessed %(num)s day ago; since then no action was verified and no step of leverage "
        "achieved anything. Do we contribute by what we do, or by not acting? Assess the "
        "involvement again.",
        "Assessed %(num)s days ago; since then no action was verified and no step of leverage "
        "achieved anything. Do we contribute by what we do, or by not acting? Assess the "
        "involvement again.",
        (today - since).days,
    )
