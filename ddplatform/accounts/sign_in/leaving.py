"""Sign-out: end of the session and of everything cached in the browser."""

from flask import redirect, session, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from ddplatform.accounts.sessions.services import SHARED


def leave() -> Response:
    """End this session; on a shared phone the page that follows says that it can be closed.

    A browser of one's own stays known (`device_cookie`), so that failures of strangers do not keep
    its owner out; the cookie of the session goes either way.
    """
    was_shared = SHARED in session
    logout_user()
    session.clear()
    response = redirect(url_for("auth.sign_in", left=1 if was_shared else None))
    kinds = '"cache", "cookies", "storage"' if was_shared else '"cache", "storage"'
    response.headers["Clear-Site-Data"] = kinds
    return response
