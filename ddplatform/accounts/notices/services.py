"""Mails that tell a person what happened to their sign-in: nobody changes or uses it unnoticed."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_user, language_to_write_in
from ddplatform.accounts.second_factor.queries import count_open_codes
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import gettext, ngettext, speaking
from ddplatform.languages import lazy_gettext as _

TELL = "account:tell"


class Change(StrEnum):
    """What a person is told of."""

    SET_UP = "set_up"
    REPLACED = "replaced"
    REMOVED = "removed"
    REMOVED_BY_OTHERS = "removed_by_others"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES = "codes"
    RECOVERY = "recovery"
    PASSWORD = "password"
    NEW_DEVICE = "new_device"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


SUBJECTS: Mapping[Change, str] = {
    Change.SET_UP: _("Second factor set up"),
    Change.REPLACED: _("Second factor replaced"),
    Change.REMOVED: _("Second factor removed"),
    Change.REMOVED_BY_OTHERS: _("Second factor removed"),
    Change.PASSKEY_ADDED: _("Passkey added"),
    Change.PASSKEY_REMOVED: _("Passkey removed"),
    Change.CODES: _("New recovery codes"),
    Change.RECOVERY: _("Recovery code used"),
    Change.PASSWORD: _("Password changed"),
    Change.NEW_DEVICE: _("Sign-in on a new device"),
    Change.CONNECTED: _("Single sign-on connected"),
    Change.DISCONNECTED: _("Single sign-on disconnected"),
}
TEXTS: Mapping[Change, str] = {
    Change.SET_UP: _(
        "From now on, signing in to your account needs a code of your authenticator app."
    ),
    Change.REPLACED: _("Your account now uses another authenticator app; the one before is off."),
    Change.REMOVED: _("You removed the second factor. Your password alone opens your account."),
    Change.REMOVED_BY_OTHERS: _(
        "An administrator of your organisation or the operator of the platform removed the second "
        "factor of your account. All your sessions ended. Sign in with your password, and set up "
        "a new second factor."
    ),
    Change.PASSKEY_ADDED: _("From now on, a passkey that was added opens your account."),
    Change.PASSKEY_REMOVED: _("A passkey was removed. It no longer opens your account."),
    Change.CODES: _("New recovery codes were made for your account. The earlier ones are void."),
    Change.RECOVERY: _("Somebody passed the second step of your account with a recovery code."),
    Change.PASSWORD: _("Your account has a new password. All your sessions ended."),
    Change.NEW_DEVICE: _(
        "Somebody signed in to your account in a browser that did not belong to it so far. If it "
        "was you, there is nothing to do."
    ),
    Change.CONNECTED: _("From now on, the sign-in of your organisation opens your account."),
    Change.DISCONNECTED: _("The sign-in of your organisation no longer opens your account."),
}


def tell(user: User, change: Change, *, act: Act) -> None:
    """Queue the mail about a change, in the same transaction."""
    jobs.enqueue(TELL, {"user_id": str(user.id), "change": change.value}, act=act)


def send(user_id: UUID, change: Change, *, at: datetime) -> None:
    """Write and send the mail, in the language of the person."""
    user = get_user(user_id)
    with speaking(language_to_write_in(user.email, "")):
        lines = [str(TEXTS[change])]
        if change is Change.RECOVERY:
            left = count_open_codes(user_id)
            lines.append(
                ngettext("%(num)s recovery code is left.", "%(num)s recovery codes are left.", left)
            )
        lines += [
            "",
            gettext(
                "If this was not you, set a new password at once and tell an administrator of "
                "your organisation."
            ),
            f"{adapters().base_url}/forgotten-password",
        ]
        subject = str(SUBJECTS[change])
    adapters().mailer.send(Mail(user.email, subject, "\n".join(lines) + "\n"))
