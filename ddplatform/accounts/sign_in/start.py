"""Session start: the only code that signs a browser in."""

from flask import current_app, g, session
from flask_login import login_user

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.sessions.flask_session import GOES_ON, RENEW
from ddplatform.accounts.sessions.services import SHARED
from ddplatform.accounts.sign_in.device_cookie import remember_device
from ddplatform.infrastructure.gate import SignedInUser
from ddplatform.infrastructure.web.languages import ASKED, KEEP


def start_session(user: User, *, on_shared_phone: bool = False, goes_on: bool = False) -> None:
    """Sign a person in with a session id of its own.

    A phone that others use stays one: a new password or a sign-in does not make it private. A
    second factor will go before this call; nothing after it has to change.

    Args:
        goes_on: nobody proved again who they are; the session ends when it would have ended.
    """
    chosen, is_shared = session.get(ASKED), on_shared_phone or SHARED in session
    session.clear()
    if chosen:
        session[ASKED], session[KEEP] = chosen, True
    # The token of this request belonged to the session that ended: a form shown in this answer
    # must carry one of the new session, or what it brings back would be refused.
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
    login_user(SignedInUser(user.id, user.name, user.email, user.theme, user.language))
    session[RENEW] = True
    if goes_on:
        session[GOES_ON] = True
    if is_shared:
        session[SHARED] = True
    elif not goes_on:
        remember_device(user)
