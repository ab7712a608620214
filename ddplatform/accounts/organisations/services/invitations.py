"""Mails with single-use links; the secret is made here and is only in the mail."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose
from ddplatform.accounts.organisations.queries import (
    get_invitation,
    get_organisation,
    get_user_by_email,
    language_to_write_in,
)
from ddplatform.accounts.sessions.services import hash_of, new_secret
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.registry import Registry
from ddplatform.languages import day_in_words, gettext, in_one_language

SEND = "invitation:send"
_PATHS = {
    InvitationPurpose.JOIN: "/invitation/",
    InvitationPurpose.RESET: "/new-password/",
    InvitationPurpose.RESPOND: "/respond/",
    InvitationPurpose.FOUND: "/found/",
}


class Delivery(Protocol):
    """A later package's way to write and send the mail of an invitation to its own pages."""

    def __call__(self, invitation: Invitation, *, at: datetime) -> None:
        """Send it with a fresh link; an invitation that works no more never comes here."""


DELIVERIES: Registry[Delivery] = Registry("mails of invitations")
"""Purpose of an invitation -> sender of its mail, for those that are not written here."""


def send(invitation_id: UUID, *, at: datetime, retry_of: str | None = None) -> None:
    """Write and send the mail with a fresh link; an earlier link of it stops working.

    Args:
        retry_of: the link (its mark) that stood when an earlier try did not get through. Where
            another one was mailed or handed over since, nothing is sent.
    """
    invitation = get_invitation(invitation_id)
    if invitation.used_at is not None or invitation.expires_at < at:
        return
    if retry_of is not None and retry_of != mark_of(invitation):
        return
    if not _has_receiver(invitation):
        invitation.used_at = at
        return
    if invitation.purpose is InvitationPurpose.RESPOND:
        DELIVERIES.get(invitation.purpose)(invitation, at=at)
        return
    language, link = language_to_write_in(invitation.email, ""), give_link(invitation)
    mail = in_one_language(language, lambda: _write(invitation, link))
    adapters().mailer.send(mail)


def _has_receiver(invitation: Invitation) -> bool:
    """Whether the account of an address, or that there is none, lets it get this mail.

    Asked here, as a page that asked would take longer for an address with an account.
    """
    if invitation.purpose not in (InvitationPurpose.RESET, InvitationPurpose.FOUND):
        return True
    user = get_user_by_email(invitation.email)
    if invitation.purpose is InvitationPurpose.RESET:
        invitation.user_id = user.id if user is not None else None
        return user is not None and user.is_active
    return user is None or user.is_active


def mark_of(invitation: Invitation) -> str:
    """Tells one link of an invitation from a later one, and gives away neither."""
    return hash_of(invitation.token_hash or "")


def give_link(invitation: Invitation) -> str:
    """A fresh link of an invitation; an earlier one stops working."""
    token = new_secret()
    invitation.token_hash = hash_of(token)
    return adapters().base_url + _PATHS[invitation.purpose] + token


def _write(invitation: Invitation, link: str) -> Mail:
    if invitation.purpose is InvitationPurpose.RESET:
        return Mail(
            invitation.email,
            gettext("Set a new password"),
            gettext("Somebody asked for a link to set a new password for your account.")
            + f"\n\n{link}\n\n"
            + gettext("It works once, for two hours. If it was not you, do nothing.")
            + "\n",
        )
    if invitation.purpose is InvitationPurpose.FOUND:
        return _write_founding(invitation, link)
    name = get_organisation(invitation.organisation_id).name
    if invitation.role is RoleId.SUPPLIER:
        what = gettext(
            "%(name)s invites you to answer together what its buyers ask about protecting "
            "children.",
            name=name,
        )
    else:
        what = gettext("%(name)s invites you to its child-rights due diligence.", name=name)
    until = gettext("The link works once, until %(day)s.", day=day_in_words(invitation.expires_at))
    subject = gettext("%(name)s invites you", name=name)
    return Mail(invitation.email, subject, f"{what}\n\n{link}\n\n{until}\n")


def _write_founding(invitation: Invitation, link: str) -> Mail:
    """The mail that proves a work address and opens the page where an organisation is founded."""
    why = gettext("With this link you set up your organisation and choose how you sign in.")
    until = gettext("The link works once, until %(day)s.", day=day_in_words(invitation.expires_at))
    ignore = gettext("If you did not ask for it, do nothing: without the link nothing is created.")
    subject = gettext("Set up your organisation")
    return Mail(invitation.email, subject, f"{why}\n\n{link}\n\n{until} {ignore}\n")
