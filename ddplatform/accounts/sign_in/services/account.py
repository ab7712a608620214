"""A person's own account."""

from datetime import datetime

from ddplatform.accounts.guesses.services import (
    count_failure,
    hold_session_counter,
    is_used_up,
)
from ddplatform.accounts.notices.services import Change, tell
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.services.new_passwords import set_password
from ddplatform.accounts.organisations.services.organisations import (
    acting_for_installation,
    record_of_person,
)
from ddplatform.accounts.organisations.services.people import end_reset_links
from ddplatform.accounts.sessions import services as sessions
from ddplatform.audit.models import Outcome
from ddplatform.infrastructure.adapters.passwords import verify_password
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext, is_known

THEMES = frozenset({"", "light", "dark"})


class GuessesUsedUp(Invalid):
    """The password in use was guessed wrong so often that the session must end."""


def change_password(
    user: User, *, current: str, new: str, at: datetime, session_ref: str | None = None
) -> None:
    """Change the own password and end every session (ASVS 5.0, 6.2.3: both are asked for).

    Args:
        session_ref: of the session, in which guesses of the password in use are counted.

    Raises:
        GuessesUsedUp: wrong for the tenth time; whoever calls this ends the session.
        Invalid: the password in use is wrong, or the new one breaks a rule.
        TooMany: the last wrong guess was a moment ago.
    """
    counters = hold_session_counter(session_ref or str(user.id), at=at)
    if not verify_password(current, user.password_hash):
        count_failure(counters, at=at)
        record_of_person("password:refuse", user, at=at, outcome=Outcome.FAILED)
        kind = GuessesUsedUp if is_used_up(counters) else Invalid
        raise kind(fields={"current": gettext("This is not the password you use now.")})
    set_password(user, new)
    with acting_for_installation(at=at) as act:
        tell(user, Change.PASSWORD, act=act)
    sign_out_everywhere(user, at=at, action="password:change")


def sign_out_everywhere(user: User, *, at: datetime, action: str = "session:end_all") -> None:
    """End every session of a person, and the links for a new password that wait in a mailbox."""
    ended = sessions.end_all_sessions(user.id)
    with acting_for_installation(at=at):
        end_reset_links(user.id, at=at)
    record_of_person(action, user, at=at, ended=ended)


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
