"""Errors for programs: problem details as JSON (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, g, json, request

PROGRAMS = "/api/"
"""How every address for programs begins."""
MEDIA_TYPE = "application/problem+json"


def is_of_program() -> bool:
    """Whether a program asks, which reads no page."""
    return request.path.startswith(PROGRAMS)


def problem(
    status: int, *, detail: str = "", advice: str = "", fields: Mapping[str, str] | None = None
) -> Response:
    """An error as a program reads it.

    Args:
        detail: what is wrong. advice: how to correct it.
        fields: name of a field -> what is wrong with it.
    """
    details: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "request_id": getattr(g, "request_id", None),
    }
    if detail:
        details["detail"] = detail
    if advice:
        details["advice"] = advice
    if fields:
        details["errors"] = [{"field": name, "message": text} for name, text in fields.items()]
    answer = Response(json.dumps(details), status, mimetype=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
