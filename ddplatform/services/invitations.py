"""The mail behind a single-use link. The secret is made here and stands in the mail alone."""

from datetime import datetime
from uuid import UUID

from ddplatform.access.roles import RoleId
from ddplatform.adapters.installed import adapters
from ddplatform.adapters.mail import Mail
from ddplatform.models.organisations import Invitation, InvitationPurpose
from ddplatform.queries.organisations import (
    get_help_contact,
    get_invitation,
    get_organisation,
)
from ddplatform.services.sessions import hash_of, new_secret

_PATHS = {
    InvitationPurpose.JOIN: "/invitation/",
    InvitationPurpose.RESET: "/new-password/",
    InvitationPurpose.RESPOND: "/respond/",
}


def send(invitation_id: UUID, *, at: datetime) -> None:
    """Write and send the mail with a fresh link; an earlier link of it stops working."""
    invitation = get_invitation(invitation_id)
    if invitation.used_at is not None or invitation.expires_at < at:
        return
    token = new_secret()
    invitation.token_hash = hash_of(token)
    link = adapters().base_url + _PATHS[invitation.purpose] + token
    adapters().mailer.send(_write(invitation, link))


def _write(invitation: Invitation, link: str) -> Mail:
    if invitation.purpose is InvitationPurpose.RESET:
        return Mail(
            invitation.email,
            "Set a new password",
            "Somebody asked for a link to set a new password for your account.\n\n"
            f"{link}\n\nIt works once, for two hours. If it was not you, do nothing.\n",
        )
    name = get_organisation(invitation.organisation_id).name
    if invitation.purpose is InvitationPurpose.RESPOND:
        helper = get_help_contact(invitation.organisation_id, invitation.created_by_id)
        return Mail(
            invitation.email,
            f"{name} asks you some questions about protecting children",
            f"{name} buys from you and asks how children are protected at your work places.\n"
            "Honest answers bring help, not loss of orders. You can stop and go on at any time.\n\n"
            f"Open the questions: {link}\n\n"
            f"Do you need help? Ask {helper.line}.\n\n"
            f"The link works once, until {invitation.expires_at:%d %B %Y}.\n",
        )
    if invitation.role is RoleId.SUPPLIER:
        what = "to answer together what its buyers ask about protecting children."
    else:
        what = "to its child-rights due diligence."
    return Mail(
        invitation.email,
        f"{name} invites you",
        f"{name} invites you {what}\n\n{link}\n\n"
        f"The link works once, until {invitation.expires_at:%d %B %Y}.\n",
    )
