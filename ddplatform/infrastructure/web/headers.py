"""Security headers of every response (docs/security.md 8)."""

import secrets
from collections.abc import Callable
from wsgiref.headers import Headers

from flask import Flask, Response, current_app, g, request

from ddplatform.config import Settings

PERMISSIONS_OFF = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


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
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types fragment",
        )
    )


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


def add_to_static(settings: Settings) -> Callable[[Headers, str, str], None]:
    """Headers of static files, set by their server: none of them runs a script."""
    fixed = {**fixed_headers(settings), "Content-Security-Policy": "default-src 'none'"}

    def add(headers: Headers, _path: str, _url: str) -> None:
        for name, value in fixed.items():
            headers[name] = value

    return add


def _make_nonce() -> None:
    g.csp_nonce = secrets.token_urlsafe(16)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(getattr(g, "csp_nonce", "none")))
    headers.update(fixed_headers(current_app.extensions["settings"]))
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response
