"""A person's own account."""

from datetime import datetime

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.services.new_passwords import set_password
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.accounts.organisations.services.people import end_reset_links
from ddplatform.accounts.sessions import services as sessions
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.passwords import verify_password
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import gettext, is_known

THEMES = frozenset({"", "light", "dark"})


def change_password(user: User, *, current: str, new: str, at: datetime) -> None:
    """Change the own password and end every session.

    Raises:
        Invalid: the password in use is wrong, or the new one breaks a rule.
    """
    if not verify_password(current, user.password_hash):
        raise Invalid(fields={"current": gettext("This is not the password you use now.")})
    set_password(user, new)
    sign_out_everywhere(user, at=at, action="password:change")


def sign_out_everywhere(user: User, *, at: datetime, action: str = "session:end_all") -> None:
    """End every session of a person, and the links for a new password that wait in a mailbox."""
    ended = sessions.end_all_sessions(user.id)
    log = installation_log(at=at)
    with acting_in(log.id):
        end_reset_links(user.id, at=at)
        audit.record(action, user, act=Act(system_identity(log.id), at), ended=ended)


def choose_language(user: User, language: str) -> None:
    """The language of pages and mails for a person."""
    if not is_known(language):
        raise Invalid(fields={"language": gettext("Choose one of the languages in the list.")})
    user.language = language


def choose_theme(user: User, theme: str) -> None:
    """Colours of the pages: the setting of the device (empty), light or dark."""
    if theme not in THEMES:
        raise Invalid(
            fields={"theme": gettext("Choose light, dark, or the colours of your device.")}
        )
    user.theme = theme
