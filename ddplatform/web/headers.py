"""Security headers of every answer (docs/security.md 8)."""

import secrets

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
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types fragment",
        )
    )


def _make_nonce() -> None:
    g.csp_nonce = secrets.token_urlsafe(16)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(getattr(g, "csp_nonce", "none")))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS_OFF
    settings: Settings = current_app.extensions["settings"]
    if settings.secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response
