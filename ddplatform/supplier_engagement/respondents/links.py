"""The invitation behind a questionnaire link."""

from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose
from ddplatform.accounts.organisations.queries import get_invitation_by_hash
from ddplatform.accounts.sessions.services import hash_of
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import bind_organisation
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.languages import gettext


def find_invitation(token: str) -> Invitation:
    """The invitation behind a link, in the tenant of the requester, or NotFound."""
    with across_tenants():
        invitation = get_invitation_by_hash(hash_of(token))
    if invitation is None or invitation.purpose is not InvitationPurpose.RESPOND:
        raise NotFound(
            gettext("This link does not work any more."), gettext("Look for a newer mail.")
        )
    bind_organisation(invitation.organisation_id)
    return invitation
