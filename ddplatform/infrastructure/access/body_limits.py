"""The size of a request's body, by its address and by who sends it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from ddplatform.infrastructure.access.declared import Access, access_of
from ddplatform.infrastructure.tenancy import nobody

ANONYMOUS_BYTES = 512 * 1024
"""From anybody. Typed text that is carried through sign-in fits; the server keeps it in memory."""
FORM_BYTES = 2 * 1024 * 1024
"""A form of somebody who is signed in."""
FILES_BYTES = 26 * 1024 * 1024
"""A form with a file of 25 MB, where an address takes files."""


def largest_body(
    access: Access | None, values: Mapping[str, Any], has_session: Callable[[], bool]
) -> int:
    """The most bytes that an address takes.

    Args:
        access: None: there is no such address.
        values: the variables in the path.
        has_session: whether the browser is signed in, or was until lately: what somebody typed
            beside a file is to be kept although the session ended meanwhile.
    """
    if access is None:
        return ANONYMOUS_BYTES
    knows = access.knows_sender
    if knows is not None:
        return FILES_BYTES if knows(values) else ANONYMOUS_BYTES
    if not has_session():
        return ANONYMOUS_BYTES
    return FILES_BYTES if access.takes_files else FORM_BYTES


def limit_body(access: Access) -> None:
    """Bound the request at hand; the shipped server asks the same before it reads a body."""
    limit = ANONYMOUS_BYTES
    if (request.content_length or 0) > limit:
        sid = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"], "")
        limit = _largest_from(sid, access, request.view_args or {})
    request.max_content_length = min(limit, current_app.config["MAX_CONTENT_LENGTH"])


def body_limit_of(app: Flask, method: str, path: str, sid: str) -> int:
    """The most bytes that an address takes as a body, asked before any of it is read.

    Args:
        sid: the id of the session in the cookie; "" where there is none.
    """
    with app.app_context(), nobody():
        try:
            endpoint, values = app.url_map.bind("localhost").match(path, method)
        except HTTPException:
            return ANONYMOUS_BYTES
        return _largest_from(sid, access_of(app, endpoint), values)


def _largest_from(sid: str, access: Access | None, values: Mapping[str, Any]) -> int:
    was_signed_in: Callable[[str], bool] = current_app.extensions["gate"].was_signed_in
    return largest_body(access, values, lambda: bool(sid) and was_signed_in(sid))
