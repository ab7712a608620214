"""Error pages: status from one table, with the rule and the way out."""

import logging
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.exceptions import NotFound as NoSuchAddress
from werkzeug.routing import RequestRedirect

from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.infrastructure.access.body_limits import FORM_BYTES
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.access.odd_input import READING
from ddplatform.infrastructure.access.roles import ANSWERING
from ddplatform.infrastructure.disk import is_disk_full
from ddplatform.infrastructure.errors import (
    STATUS,
    Busy,
    Conflict,
    Invalid,
    NotFound,
    TooMany,
    status_of,
)
from ddplatform.infrastructure.forms.sent import NO_SUCH_STEP, NOT_OPEN, versions_of
from ddplatform.infrastructure.web.languages import ASKED
from ddplatform.infrastructure.web.problems import is_of_program, problem
from ddplatform.infrastructure.web.saved_input import input_of_this_request
from ddplatform.infrastructure.words.problems import in_words
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from supply_chain.errors import FileRefused

log = logging.getLogger(__name__)
TOO_LARGE = _(
    "What was sent is larger than 25\N{NO-BREAK SPACE}MB, so nothing of it was kept. "
    "Go back, and send fewer files at once, or smaller ones."
)
FORM_TOO_LARGE = _(
    "What was sent is larger than a form without files accepts (2\N{NO-BREAK SPACE}MB), so "
    "nothing of it was kept. Go back, and shorten what you typed."
)
STRANGER_TOO_LARGE = _(
    "You are not signed in, and what was sent is larger than is accepted without signing in. "
    "Nothing of it was kept. Sign in, and send it again."
)
PAGES = frozenset({403, 404, 409, 422, 429, 500, 507})


def register(app: Flask) -> None:
    """Answer every error with a page."""
    for kind in STATUS:
        app.register_error_handler(kind, _expected)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _expected(error: Exception) -> ResponseReturnValue:
    status = status_of(error)
    message, advice = getattr(error, "message", "") or str(error), getattr(error, "advice", "")
    if isinstance(error, StepNotAllowed):
        message = f"{NOT_OPEN}: {' '.join(error.missing or (str(NO_SUCH_STEP),))}"
    if isinstance(error, FileRefused):
        message, advice = in_words(message), in_words(advice)
    page: dict[str, Any] = {"message": message, "advice": advice}
    headers = {}
    if isinstance(error, Conflict):
        page["versions"] = versions_of(error)
    if isinstance(error, Invalid):
        page["problems"] = [
            {"href": None, "label": label, "messages": [text]}
            for label, text in error.fields.items()
        ]
    if isinstance(error, TooMany) and error.keeps_form:
        page["reached"] = True
        page["kept"] = None if request.method in READING else input_of_this_request()
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Busy):
        headers["Retry-After"] = str(error.RETRY_AFTER_S)
    if is_of_program():
        if isinstance(error, NotFound) and not advice:
            message = gettext("It does not exist, or it belongs to another organisation.")
        fields = error.fields if isinstance(error, Invalid) else None
        return problem(status, detail=message, advice=advice, fields=fields), status, headers
    return _page(422 if isinstance(error, Busy) else status, **page), status, headers


def _stale(_error: StaleDataError) -> ResponseReturnValue:
    """Two changes of one row in the same moment: the second one found another version."""
    return _expected(Conflict(advice=gettext("Open the page again, and make your change there.")))


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    """A form of an earlier session, sent after signing in elsewhere: shown again, to be confirmed.

    Only where it comes from a page of ours: the browser says so, and sends no cookie otherwise.
    """
    kept = input_of_this_request()
    if kept is not None and kept.fields and current_user.is_authenticated:
        return render_template("accounts/sign_in/resume.html", kept=kept), 422
    log.warning("request %s refused at %s: form token", g.get("request_id", "-"), request.endpoint)
    return _page(
        422, message=gettext("This page was open too long. Go back, reload it and send again.")
    ), 422


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # a foreign host name: no page, since none has a link
        log.warning("request refused: foreign host name")
        return Response("This host name is not served here.\n", 400, mimetype="text/plain")
    if is_disk_full(getattr(error, "original_exception", None)):
        return _no_room()
    status = error.code or 500
    if is_of_program():
        return problem(status), status, _headers_of(error)
    if isinstance(error, MethodNotAllowed) and ASKED in request.args:
        # A language was chosen on a form that was shown again, whose address takes forms alone.
        return redirect(_page_above())
    if status == 413:
        log.warning("request %s refused: body too large", g.get("request_id", "-"))
        return _page(422, message=_too_large()), 413
    shown = status if status in PAGES else (404 if status < 500 else 500)
    return _page(shown), status


def _headers_of(error: HTTPException) -> dict[str, str]:
    """Methods that the address takes, where it takes others."""
    allowed = getattr(error, "valid_methods", None)
    return {"Allow": ", ".join(sorted(allowed))} if allowed else {}


def _too_large() -> str:
    if (request.max_content_length or 0) > FORM_BYTES:
        return str(TOO_LARGE)
    return str(FORM_TOO_LARGE if current_user.is_authenticated else STRANGER_TOO_LARGE)


def _page_above() -> str:
    """The nearest address above this one that has a page."""
    # Two slashes at the beginning would name a host.
    path, adapter = f"/{request.path.strip('/')}", request_ctx.url_adapter
    while adapter and (path := path.rpartition("/")[0]):
        try:
            adapter.match(path, method="GET")
        except RequestRedirect:
            return f"{request.script_root}{path}/"
        except (NoSuchAddress, MethodNotAllowed):
            continue
        return f"{request.script_root}{path}"
    return f"{request.script_root}/"


def _unexpected(error: Exception) -> ResponseReturnValue:
    if is_disk_full(error):
        return _no_room()
    log.exception("request %s failed at %s", getattr(g, "request_id", "-"), request.endpoint)
    if is_of_program():
        return problem(500), 500
    return _page(500, request_id=getattr(g, "request_id", "")), 500


def _no_room() -> ResponseReturnValue:
    log.error("request %s failed: the disk is full", getattr(g, "request_id", "-"))
    if is_of_program():
        return problem(507), 507
    return _page(507), 507


def _page(status: int, **context: Any) -> str:
    # Notices are read from the database, whose unit of work may have ended or broken.
    return render_template(
        f"errors/{status}.html", layout=_frame(status), page_notices=list, **context
    )


def _frame(status: int) -> str:
    """The layout of a member of the organisation in the address, so that the way on stays in sight.

    A page of 500 has the plain one: what broke may be needed for the other.
    """
    identity: Identity | None = getattr(g, "identity", None)
    if identity is None or status >= 500:
        return "layouts/public.html"
    answers = identity.role_id in ANSWERING
    return "layouts/supplier.html" if answers else "layouts/workspace.html"
