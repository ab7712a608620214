"""What the sending of questionnaires tells earlier packages of itself."""

from ddplatform.accounts.organisations.models import InvitationPurpose
from ddplatform.accounts.organisations.services.invitations import DELIVERIES
from ddplatform.supplier_engagement.requests.queries import find_newest_status
from ddplatform.supplier_engagement.requests.services.invitations import send
from ddplatform.value_chain.merging.services.summaries import NEWEST_STATUS, QUESTIONNAIRES


def register() -> None:
    """Who writes the mails of invitations to answer, and the questionnaire a summary shows."""
    DELIVERIES.add(InvitationPurpose.RESPOND, send)
    NEWEST_STATUS.add(QUESTIONNAIRES, find_newest_status)
