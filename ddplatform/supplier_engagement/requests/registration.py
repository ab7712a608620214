"""Registrations of questionnaire requests with earlier packages."""

from typing import Any

from ddplatform.accounts.organisations.models import InvitationPurpose
from ddplatform.accounts.organisations.services.invitations import DELIVERIES
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.supplier_engagement.library.queries import list_for_suppliers
from ddplatform.supplier_engagement.requests.queries import find_newest_status
from ddplatform.supplier_engagement.requests.services.invitations import send
from ddplatform.supplier_engagement.requests.services.requests import MAX_AT_ONCE
from ddplatform.value_chain.bulk_changes.views import FURTHER_STEPS, FurtherStep
from ddplatform.value_chain.merging.services.summaries import NEWEST_STATUS, QUESTIONNAIRES

TEMPLATE = "supplier_engagement/requests/_many.html"


def register() -> None:
    """Mails of invitations to answer, the newest state in a summary, and sending to many sites."""
    DELIVERIES.add(InvitationPurpose.RESPOND, send)
    NEWEST_STATUS.add(QUESTIONNAIRES, find_newest_status)
    step = FurtherStep(Permission.QUESTIONNAIRE_ASSIGN, TEMPLATE, _load)
    FURTHER_STEPS.add("questionnaires", step)


def _load(sites: int) -> dict[str, Any]:
    """The page of sending checks each site; above its limit nothing is offered."""
    offered = list_for_suppliers() if sites <= MAX_AT_ONCE else ()
    titles = [(str(row.version_id), row.title) for row in offered]
    return {"questionnaires": titles, "most": MAX_AT_ONCE}
