"""Guessing at the sign-in page and inside a session, and who is not kept out by it."""

from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from ddplatform.accounts.guesses import services as guesses
from ddplatform.accounts.limits.services import Limit
from ddplatform.accounts.sign_in.services import sign_in as sign_in_service
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import across_tenants
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_on_page

WRONG = "x" * 20
NEW_PASSWORD = "quite other words now"


def sign_in(
    client: FlaskClient, email: str, password: str, *, address: str = "192.0.2.1", **more: str
) -> TestResponse:
    token = csrf_token(client, "/sign-in")
    data = {"email": email, "password": password, "csrf_token": token, **more}
    return client.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": address})


def sign_out(client: FlaskClient) -> None:
    client.post("/sign-out", data={"csrf_token": csrf_token(client, "/account/password")})


def events(app: Flask, action: str) -> int:
    with app.app_context(), across_tenants():
        counted = select(func.count()).where(AuditEvent.action == action)
        return db.session.scalar(counted) or 0


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three failures of each kind, without waits between them."""
    for name in ("HERE", "ACCOUNT", "NETWORK", "DEVICE", "SESSION"):
        monkeypatch.setattr(guesses, name, Limit(f"few {name}", 3, 3600))
    monkeypatch.setattr(guesses, "wait_s", lambda _failures: 0)


@pytest.mark.usefixtures("few")
def test_person_signs_in_on_their_own_device_while_strangers_use_up_every_guess(
    app: Flask, tenant: Tenant
):
    email = tenant.email(RoleId.ADMIN)
    own = signed_in_on_page(app, tenant, RoleId.ADMIN)
    sign_out(own)
    stranger = app.test_client()
    guessed = [
        sign_in(stranger, email, WRONG, address=f"198.51.100.{n}").status_code for n in range(5)
    ]
    sprayed = [sign_in(stranger, f"v{n}@acme.example", WRONG).status_code for n in range(5)]

    assert guessed == [422, 422, 422, 429, 429]
    assert sprayed == [422, 422, 422, 429, 429]
    assert sign_in(app.test_client(), email, PASSWORD, address="203.0.113.9").status_code == 429
    assert sign_in(own, email, PASSWORD).status_code == 302


@pytest.mark.usefixtures("few")
def test_own_failures_on_a_known_device_are_limited_too(app: Flask, tenant: Tenant):
    own, email = signed_in_on_page(app, tenant, RoleId.ADMIN), tenant.email(RoleId.ADMIN)
    sign_out(own)
    statuses = [sign_in(own, email, WRONG).status_code for _ in range(4)]

    assert statuses == [422, 422, 422, 429]


@pytest.mark.usefixtures("few")
def test_signing_in_again_and_again_uses_up_nothing(app: Flask, tenant: Tenant):
    email = tenant.email(RoleId.ADMIN)
    statuses = [sign_in(app.test_client(), email, PASSWORD).status_code for _ in range(5)]

    assert statuses == [302] * 5


def test_fourth_guess_in_a_row_has_to_wait_and_leaves_no_event(app: Flask, tenant: Tenant):
    client, email = app.test_client(), tenant.email(RoleId.ADMIN)
    for _ in range(3):
        assert sign_in(client, email, WRONG).status_code == 422
    refused = sign_in(client, email, PASSWORD)
    assert sign_in(client, email, WRONG).status_code == 429

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert "tried too often in a short time" in refused.text
    assert "Try again in 1 second." in refused.text
    assert events(app, "session:refuse") == 3


@pytest.mark.usefixtures("few")
def test_answers_to_guesses_are_the_same_for_an_account_and_for_none(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    checked: list[bool] = []
    verify = sign_in_service.verify_password

    def counting(password: str, kept: str | None) -> bool:
        checked.append(kept is not None)
        return verify(password, kept)

    monkeypatch.setattr(sign_in_service, "verify_password", counting)

    def answers(email: str, address: str) -> list[tuple[int, bool, int]]:
        client = app.test_client()
        found = [sign_in(client, email, WRONG, address=address) for _ in range(4)]
        return [
            (one.status_code, "Retry-After" in one.headers, len(one.text.replace(email, "")))
            for one in found
        ]

    known = answers(tenant.email(RoleId.ADMIN), "192.0.2.1")
    unknown = answers("nobody@nowhere.example", "192.0.2.2")

    assert known == unknown
    assert [status for status, _, _ in known] == [422, 422, 422, 429]
    # One hash each, made against a stand-in where there is no account.
    assert checked == [True] * 3 + [False] * 3


def test_browser_is_known_by_a_cookie_that_scripts_and_other_sites_do_not_get(
    app: Flask, tenant: Tenant
):
    answer = sign_in(app.test_client(), tenant.email(RoleId.ADMIN), PASSWORD)
    cookies = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        cookies.load(header)

    assert cookies["known"]["httponly"]
    assert cookies["known"]["samesite"] == "Lax"
    assert int(cookies["known"]["max-age"]) == 180 * 86_400
    assert tenant.email(RoleId.ADMIN) not in cookies["known"].value


def test_phone_that_others_use_is_never_known(app: Flask, tenant: Tenant):
    client = app.test_client()
    sign_in(client, tenant.email(RoleId.ADMIN), PASSWORD, shared_phone="1")

    assert client.get_cookie("session") is not None
    assert client.get_cookie("known") is None


@pytest.mark.usefixtures("few")
def test_new_password_ends_what_was_known_with_the_old_one(app: Flask, tenant: Tenant):
    thief = signed_in_on_page(app, tenant, RoleId.ADMIN)
    own = signed_in_on_page(app, tenant, RoleId.ADMIN)
    data = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    own.post("/account/password", data={**data, "csrf_token": csrf_token(own, "/account")})
    email, stranger = tenant.email(RoleId.ADMIN), app.test_client()
    for number in range(3):
        sign_in(stranger, email, WRONG, address=f"198.51.100.{number}")
    sign_out(own)

    assert sign_in(thief, email, WRONG, address="203.0.113.9").status_code == 429
    assert sign_in(own, email, NEW_PASSWORD, address="203.0.113.9").status_code == 302


@pytest.mark.usefixtures("few")
def test_mark_of_one_account_makes_the_browser_known_for_no_other(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ANALYST)
    sign_out(client)
    email = tenant.email(RoleId.ADMIN)
    for number in range(3):
        sign_in(app.test_client(), email, WRONG, address=f"198.51.100.{number}")

    assert sign_in(client, email, PASSWORD).status_code == 429


def test_one_browser_is_known_for_several_accounts(app: Flask, tenant: Tenant):
    client = app.test_client()
    for role in (RoleId.ADMIN, RoleId.ANALYST, RoleId.ADMIN):
        assert sign_in(client, tenant.email(role), PASSWORD).status_code == 302
        sign_out(client)
    cookie = client.get_cookie("known")
    assert cookie is not None

    assert len(cookie.value.split("~")) == 2


def change(client: FlaskClient, current: str) -> TestResponse:
    data = {"current": current, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    return client.post(
        "/account/password", data={**data, "csrf_token": csrf_token(client, "/account/password")}
    )


def test_guesses_of_the_password_in_use_inside_a_session_have_to_wait(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    statuses = [change(client, WRONG).status_code for _ in range(5)]

    assert statuses == [422, 422, 422, 429, 429]
    assert events(app, "password:refuse") == 3


def test_session_ends_with_the_tenth_wrong_guess_of_the_password_in_use(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(guesses, "wait_s", lambda _failures: 0)
    client = signed_in_on_page(app, tenant, RoleId.ADMIN)
    other = signed_in_on_page(app, tenant, RoleId.ADMIN)
    statuses = [change(client, WRONG).status_code for _ in range(9)]
    last = change(client, WRONG)

    assert statuses == [422] * 9
    assert (last.status_code, last.location) == (302, "/sign-in")
    assert "wrong ten times" in client.get("/sign-in").text
    assert client.get("/account").status_code == 302
    assert other.get("/account").status_code == 200
    assert events(app, "password:refuse") == 10
