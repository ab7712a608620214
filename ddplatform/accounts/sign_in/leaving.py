"""Sign-out: end of the session and of everything cached in the browser."""

from flask import redirect, session, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from ddplatform.accounts.sessions.services import SHARED


def leave() -> Response:
    """End this session; on a shared phone the page that follows says that it can be closed."""
    was_shared = SHARED in session
    logout_user()
    session.clear()
    response = redirect(url_for("auth.sign_in", left=1 if was_shared else None))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
