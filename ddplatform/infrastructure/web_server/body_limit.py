"""What the server asks before it reads a body."""

import logging
from collections.abc import Mapping

from flask import Flask
from werkzeug.http import parse_cookie

from ddplatform.infrastructure.access.body_limits import ANONYMOUS_BYTES, body_limit_of
from ddplatform.infrastructure.web_server.server import BodyLimit

log = logging.getLogger(__name__)


def limit_by_address(app: Flask) -> BodyLimit:
    """The limits of an application; small bodies are asked about nowhere."""

    def limit(method: str, path: str, headers: Mapping[str, str]) -> int:
        if not _may_be_large(headers):
            return ANONYMOUS_BYTES
        cookies = parse_cookie(headers.get("COOKIE", ""))
        sid = cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        address = path.encode("latin-1", "replace").decode("utf-8", "replace")
        try:
            return body_limit_of(app, method, address, sid)
        except Exception:
            # The one thread that reads all connections stands here: no fault may end it.
            log.exception("the limit of a body could not be looked up")
            return ANONYMOUS_BYTES

    return limit


def _may_be_large(headers: Mapping[str, str]) -> bool:
    """Whether a body is announced that is larger than anybody may send, or of no known length."""
    text = headers.get("CONTENT_LENGTH", "")
    return not (text.isdecimal() and len(text) < 10 and int(text) <= ANONYMOUS_BYTES)
