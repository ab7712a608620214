"""Session start: the only code that signs a browser in, and the only way past the second factor."""

from uuid import UUID

from flask import current_app, g, session, url_for
from flask_login import login_user

from ddplatform.accounts.guesses.device_cookie import remember_device
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.second_factor.queries import has_factor
from ddplatform.accounts.sessions.flask_session import GOES_ON, RENEW
from ddplatform.accounts.sessions.services import FIRST_STEP, PASSWORD, SHARED, WAITING
from ddplatform.infrastructure.access.accounts import Account
from ddplatform.infrastructure.gate import VOUCHED_FOR, SignedInUser
from ddplatform.infrastructure.web.languages import ASKED, KEEP


def start_session(
    user: User,
    *,
    then: str = "",
    on_shared_phone: bool = False,
    goes_on: bool = False,
    has_proved_factor: bool = False,
    first_step: str = PASSWORD,
    vouched_for: UUID | None = None,
) -> str:
    """Sign a person in with a session id of its own; who has a second factor waits for its code.

    A phone that others use stays one: a new password or a sign-in does not make it private.

    Args:
        then: where the person wants to go on.
        goes_on: nobody proved again who they are; the session ends when it would have ended.
        has_proved_factor: the second factor, where there is one, was asked before.
        first_step: what the person proved first.
        vouched_for: the organisation whose provider asked for a second factor, in place of one of
            our own. A session that goes on keeps what it had.

    Returns:
        The address to go on to: `then`, or the page that asks for a code.
    """
    is_shared = on_shared_phone or SHARED in session
    vouched = vouched_for or (session.get(VOUCHED_FOR) if has_proved_factor else None)
    end_session_here()
    if ASKED in session:
        session[KEEP] = True
    if is_shared:
        session[SHARED] = True
    if has_factor(user.id) and not has_proved_factor:
        session[WAITING] = [str(user.id), g.now.isoformat()]
        session[FIRST_STEP] = first_step
        return url_for("sign_in_code.show", next=then or None)
    account = Account(user.id, user.name, user.email, user.is_active, user.theme, user.language)
    login_user(SignedInUser(account))
    if vouched:
        session[VOUCHED_FOR] = str(vouched)
    if goes_on:
        session[GOES_ON] = True
    if not is_shared and not goes_on:
        remember_device(user)
    return then


def end_session_here() -> None:
    """End the session of this browser; its language stays, and that others use the phone."""
    stays = {name: session[name] for name in (ASKED, SHARED) if session.get(name)}
    session.clear()
    session.update(stays)
    # The token of this request belonged to the session that ended: a form shown in this answer
    # must carry one of the new session, or what it brings back would be refused.
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
    session[RENEW] = True
