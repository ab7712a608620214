"""Registrations of what a leaver hands over."""

from ddplatform.accounts.leaving.holdings import HOLDINGS, Holding
from ddplatform.due_diligence.handing_over import queries, services
from ddplatform.languages import lazy_gettext as _


def register() -> None:
    """Register the kinds of records that have an owner; cases are none of them."""
    for key, label, find, hand_over in (
        ("sites", _("Sites"), queries.list_site_titles, services.hand_over_sites),
        ("risks", _("Risks"), queries.list_risk_titles, services.hand_over_risks),
        ("tasks", _("Reassessments"), queries.list_task_titles, services.hand_over_tasks),
        ("findings", _("Findings"), queries.list_finding_titles, services.hand_over_findings),
        ("actions", _("Actions"), queries.list_action_titles, services.hand_over_actions),
    ):
        HOLDINGS.add(key, Holding(label, find, hand_over))
