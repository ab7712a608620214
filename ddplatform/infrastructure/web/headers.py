"""Security headers of every response (docs/security.md 8)."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, g, request

from ddplatform.config import Settings

PERMISSIONS_OFF = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
STATIC = "/static/"
STATIC_TYPES = {".csv": "text/csv", ".sha256": "text/plain", "license": "text/plain"}
"""Static texts that their server knows no type for, by ending or name."""
NO_FRAMES = "frame-ancestors 'none'"
REPORTS = "/content-policy-reports"
"""Where browsers tell what the policy blocked (`audit/policy_reports.py`)."""
REPORT_NAME = "policy"
LOADS_NOTHING = f"default-src 'none'; {NO_FRAMES}"
"""The policy of an answer that is no page of ours."""


def register(app: Flask) -> None:
    """Give every answer its headers and every page its nonce."""
    app.before_request(_make_nonce)
    app.after_request(_add)


def policy(nonce: str) -> str:
    """The content security policy: our own files, our own forms, nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self'",
            "media-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            NO_FRAMES,
            "require-trusted-types-for 'script'",
            "trusted-types fragment",
            f"report-uri {REPORTS}",
            f"report-to {REPORT_NAME}",
        )
    )


DIRECTIVES = frozenset(part.partition(" ")[0] for part in policy("").split("; ")) | frozenset(
    {"script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "frame-src"}
    | {"child-src", "worker-src", "manifest-src"}
)
"""Names of directives that a report may tell of."""


def fixed_headers(settings: Settings) -> dict[str, str]:
    """The headers that are the same on every answer, static files included."""
    found = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS_OFF,
    }
    if settings.secure_cookies:
        found["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return found


def bare_headers(settings: Settings) -> dict[str, str]:
    """The headers of an answer that is no page of ours: a static file, an error of the server."""
    return {**fixed_headers(settings), "Content-Security-Policy": LOADS_NOTHING}


class HeadedStatic:
    """Adds the headers that the server of static files leaves out, for example in its 405."""

    def __init__(self, application: WSGIApplication, settings: Settings) -> None:
        self._application, self._bare = application, bare_headers(settings)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if not environ.get("PATH_INFO", "").startswith(STATIC):
            return self._application(environ, start_response)

        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, _completed(headers, self._bare), *error)

        return self._application(environ, begin)


def _completed(headers: list[tuple[str, str]], bare: Mapping[str, str]) -> list[tuple[str, str]]:
    there = {name.lower() for name, _value in headers}
    return headers + [one for one in bare.items() if one[0].lower() not in there]


def add_to_static(settings: Settings) -> Callable[[Headers, str, str], None]:
    """Headers of static files, set by their server: none of them runs a script.

    XML names its character set too: an XML declaration may, but the header is what counts
    (RFC 7303, 3), and all our files are UTF-8.
    """
    fixed = bare_headers(settings)

    def add(headers: Headers, _path: str, _url: str) -> None:
        for name, value in fixed.items():
            headers[name] = value
        kind = headers["Content-Type"] or ""
        if kind.endswith(("+xml", "/xml")):
            headers["Content-Type"] = f"{kind}; charset=utf-8"

    return add


def _make_nonce() -> None:
    g.csp_nonce = secrets.token_urlsafe(16)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(getattr(g, "csp_nonce", "none")))
    if NO_FRAMES not in headers["Content-Security-Policy"]:
        headers["Content-Security-Policy"] += f"; {NO_FRAMES}"
    headers.setdefault("Reporting-Endpoints", f'{REPORT_NAME}="{REPORTS}"')
    headers.update(fixed_headers(current_app.extensions["settings"]))
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response
