"""Requests that proxies and browsers never send: methods, double encoding, claimed addresses."""

import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.roles import RoleId
from tests.factories import Tenant, signed_in_client

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
def test_methods_that_nothing_needs_are_refused(client: FlaskClient, method: str):
    assert client.open("/sign-in", method=method).status_code == 405


def test_what_is_encoded_twice_is_decoded_once(app: Flask, tenant: Tenant):
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    html = manager.get("/o/acme/search/?q=%253Cb%253E%2541").text

    assert 'value="%3Cb%3E%41"' in html
    assert "<b>A" not in html


def test_no_header_changes_the_address_that_a_request_came_from(app: Flask):
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"}
    forwarded = {"Forwarded": "for=203.0.113.9", "X-Forwarded-Host": "evil.example"}
    seen = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(_address()))
    try:
        app.test_client().get("/sign-in", headers={**headers, **forwarded})
    finally:
        app.before_request_funcs[None].pop()

    assert seen == [("127.0.0.1", "localhost")]


def _address() -> tuple[str | None, str]:
    return request.remote_addr, request.host


def test_reference_proxy_leads_nowhere_and_sets_the_address_itself():
    conf = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    plain = re.search(r"server \{\s*listen 80;.*?\n\}", conf, re.DOTALL)

    assert plain is not None and "return 404;" in plain[0]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf
    assert "return 30" not in conf and "rewrite" not in conf


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/static/.git/HEAD", "/static/../app.py", "/static/%2e%2e/app.py"],
)
def test_nothing_beside_the_static_files_is_served(client: FlaskClient, path: str):
    assert client.get(path).status_code in (302, 404)
    assert not list((ROOT / "static").rglob(".git*"))
