"""Addresses and forms that no page of ours makes are answered in words, never by a crash."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.roles import RoleId
from tests.factories import Tenant, csrf_token, signed_in_client

ENDLESS = "9" * 30


@pytest.fixture
def client(app: Flask, tenant: Tenant) -> FlaskClient:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


@pytest.mark.parametrize(
    "page",
    [
        f"audit/?before={ENDLESS}",
        "audit/?before=-1",
        "audit/?until=9999-12-31",
        "audit/?since=0001-01-01&until=0001-01-01",
        f"reports/?before={ENDLESS}",
        f"risk/?after={ENDLESS}&tier={ENDLESS}&cell={ENDLESS}",
    ],
)
def test_number_or_day_out_of_range_is_as_if_it_was_not_given(
    client: FlaskClient, tenant: Tenant, page: str
):
    assert client.get(f"/o/{tenant.slug}/{page}").status_code in (200, 302)


@pytest.mark.parametrize(
    "page", [f"audit/{ENDLESS}", "evidence/?q=%00", "audit/?action=%00", "findings/?q=a%00b"]
)
def test_address_that_cannot_be_is_a_page_that_does_not_exist(
    client: FlaskClient, tenant: Tenant, page: str
):
    assert client.get(f"/o/{tenant.slug}/{page}").status_code == 404


def test_text_with_nul_is_refused_in_words(app: Flask, tenant: Tenant):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    admin = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"
    data = {"name": "Ac\0me", "csrf_token": csrf_token(admin, page)}
    answer = admin.post(page, data=data)

    assert answer.status_code == 422
    assert "NUL" in answer.text


def test_sign_in_with_nul_in_the_address_is_refused(app: Flask, tenant: Tenant):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    stranger = app.test_client()
    data = {"email": "a\0@b.example", "password": "x" * 20}
    token = csrf_token(stranger, "/sign-in")

    assert stranger.post("/sign-in", data={**data, "csrf_token": token}).status_code == 422
