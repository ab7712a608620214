"""The security headers stand on every answer: pages, errors, redirects, downloads, static files."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.sessions.flask_session import ServerSession
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.body_limits import ANONYMOUS_BYTES
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.infrastructure.web.headers import PERMISSIONS_OFF
from ddplatform.value_chain.mapping.models import ValueChain
from tests.conftest import NOW, settings_for
from tests.factories import Tenant, signed_in_client

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_OFF,
}
DIRECTIVES = {
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "media-src 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
}
ANY_STATIC = next(
    path.relative_to(Path(__file__).resolve().parents[3]).as_posix()
    for path in sorted((Path(__file__).resolve().parents[3] / "static").rglob("*.css"))
)


def assert_headers(client: FlaskClient, path: str, status: int, method: str = "GET") -> None:
    response = client.open(path, method=method)
    assert response.status_code == status, path
    for name, value in FIXED.items():
        assert response.headers.get(name) == value, (path, name)
    assert response.headers["Cache-Control"] == "no-store", path
    policy = response.headers["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} >= DIRECTIVES, path
    assert "unsafe-" not in policy
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Python" not in response.headers.get("Server", "")


def test_answers_to_strangers_carry_every_header(client: FlaskClient):
    for path, status in {
        "/sign-in": 200,
        "/": 302,
        "/nothing-here": 404,
        "/healthz": 200,
        "/invitation/unknown": 404,
    }.items():
        assert_headers(client, path, status)
    assert_headers(client, "/sign-in", 422, "POST")
    assert_headers(client, "/sign-out", 401, "POST")
    assert_headers(client, "/sign-in", 405, "DELETE")


def test_answers_to_members_carry_every_header(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)

    assert_headers(client, f"/o/{tenant.slug}/", 200)
    assert_headers(client, f"/o/{tenant.slug}/audit/", 403)
    assert_headers(client, "/o/nowhere/", 404)


def test_downloads_carry_every_header(app: Flask, tenant: Tenant):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        db.session.add(ValueChain(name="Main", slug="main", created_at=NOW))
        db.session.flush()
        chain_id = db.session.query(ValueChain).one().id
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    answer = client.get(f"/o/{tenant.slug}/value-chain/{chain_id}/export?format=csv")

    assert answer.status_code == 200
    for name, value in FIXED.items():
        assert answer.headers.get(name) == value
    assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_carry_the_headers_and_are_shared_with_nobody(client: FlaskClient):
    answer = client.get("/" + ANY_STATIC)

    assert answer.status_code == 200
    for name, value in FIXED.items():
        assert answer.headers.get(name) == value, name
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers
    answer.close()


def test_error_inside_a_page_carries_every_header_and_no_trace(app: Flask, monkeypatch):
    def fail() -> str:
        raise RuntimeError("a secret of the server")

    monkeypatch.setitem(app.view_functions, "health.show", fail)
    app.view_functions["health.show"].access = _public_access(app)
    client = app.test_client()

    assert_headers(client, "/healthz", 500)
    assert "a secret of the server" not in client.get("/healthz").text


def _public_access(app: Flask) -> object:
    return app.view_functions["auth.sign_in"].access


def test_more_than_may_be_sent_is_refused_with_the_way_on(app: Flask, client: FlaskClient):
    answer = client.post("/sign-in", data={"email": "x" * (ANONYMOUS_BYTES + 1)})

    assert answer.status_code == 413
    assert "Nothing of it was kept. Sign in, and send it again." in answer.text


def test_every_page_has_a_nonce_of_its_own(client: FlaskClient):
    policies = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


@pytest.fixture
def secure_client(tmp_path: Path, sqlite_template: Path) -> FlaskClient:
    (tmp_path / "platform.db").write_bytes(sqlite_template.read_bytes())
    settings = replace(
        settings_for(tmp_path, f"sqlite:///{tmp_path / 'platform.db'}"), secure_cookies=True
    )
    return create_app(settings).test_client()


def test_secure_settings_ask_for_https_and_bind_the_cookie_to_the_host(secure_client: FlaskClient):
    page = secure_client.get("/sign-in", base_url="https://localhost")
    cookie = page.headers["Set-Cookie"]
    static = secure_client.get("/" + ANY_STATIC)

    hsts = "max-age=31536000; includeSubDomains"
    assert page.headers["Strict-Transport-Security"] == hsts
    assert static.headers["Strict-Transport-Security"] == hsts
    static.close()
    wrong = secure_client.post("/" + ANY_STATIC)
    assert wrong.status_code == 405
    assert wrong.headers["Strict-Transport-Security"] == hsts
    assert wrong.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in wrong.headers["Content-Security-Policy"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain=" not in cookie


def test_cookie_of_an_ended_session_is_taken_away_with_the_marks_it_was_set_with(
    secure_client: FlaskClient,
):
    app = secure_client.application
    with app.test_request_context(base_url="https://localhost"):
        response = app.response_class()
        app.session_interface.save_session(app, _emptied(app), response)
    name, *marks = response.headers["Set-Cookie"].split("; ")

    assert name == "__Host-session="
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=0"} <= set(marks)


def _emptied(app: Flask) -> ServerSession:
    """The session of a browser that signs out."""
    held = ServerSession("gone", {"_user_id": "x"}, None)
    held.clear()
    return held
