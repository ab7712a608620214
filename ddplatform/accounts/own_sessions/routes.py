"""Sign-out of single sessions, from the page of one's account."""

from uuid import UUID

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ddplatform.accounts.blueprints.account import bp
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.own_sessions.queries import get_own_session
from ddplatform.accounts.own_sessions.services import end_own_session
from ddplatform.infrastructure.gate import signed_in_and
from ddplatform.languages import gettext


@bp.post("/account/sessions/<uuid:session_id>/end")
@signed_in_and(fresh=True)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one session of this person."""
    user = get_user(current_user.id)
    end_own_session(user, get_own_session(session_id, user.id), at=g.now)
    flash(gettext("That session has ended."), "success")
    return redirect(url_for(".show"))
