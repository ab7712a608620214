"""A fresh sign-in before dangerous acts: asked, limited, and going on with what was typed."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.sessions import services as sessions
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.roles import RoleId
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.accounts.sessions.test_sessions import cookie_of
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.second_factors import (
    CONFIRM,
    kept_in,
    let_minutes_pass,
    phone_of,
    send_confirmation,
)

ADMIN = RoleId.ADMIN
PROTECTED = {
    "account.add_passkey",
    "account.connect_provider",
    "account.disconnect_provider",
    "account.end_session",
    "account.end_sessions",
    "account.password",
    "account.remove_passkey",
    "account.remove_factor",
    "account.renew_codes",
    "account.set_up_factor",
    "organisations.colleague",
    "organisations.colleague_factor",
    "organisations.invite_again",
    "organisations.invite_person",
    "organisations.new_api_token",
    "organisations.new_webhook",
    "organisations.remove",
    "organisations.remove_sample",
    "organisations.role",
    "organisations.second_factor_roles",
    # Whoever holds the address acts for its maker.
    "responses.make_app_link",
    # What is taken out is gone for good.
    "questionnaires.take_out",
    "redaction.choose",
    "redaction.take_out",
    "remedy.redact",
    # What is told about a child opens, and what complainants told.
    "concerns.change_door",
    "concerns.move",
    "concerns.show",
    "remedy.move",
    "remedy.show",
    "remedy.visit",
    "remedy.visit_form",
    "remedy.visits",
}
INVITE = "/o/acme/people/invite"


def end_of(app: Flask, client: FlaskClient) -> datetime:
    """When the session of this browser ends, however much it is used."""
    with app.app_context():
        row = sessions.read_session(cookie_of(client), at=datetime.now(UTC))
        assert row is not None
        return row.expires_at


def test_exactly_the_dangerous_acts_ask_for_a_fresh_sign_in(app: Flask):
    found = {
        endpoint
        for endpoint in app.view_functions
        if (access := access_of(app, endpoint)) and access.fresh
    }

    assert found == PROTECTED


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (ADMIN, "/account/password"),
        (ADMIN, "/account/second-factor"),
        (ADMIN, INVITE),
        (ADMIN, "/o/acme/settings/second-factor"),
        (RoleId.SAFEGUARDING_OFFICER, "/o/acme/remedy/C-1"),
        (RoleId.SAFEGUARDING_OFFICER, "/o/acme/remedy/C-1/visits"),
        (RoleId.SAFEGUARDING_OFFICER, "/o/acme/remedy/C-1/redact"),
    ],
)
def test_page_asks_after_fifteen_minutes_and_goes_on_to_where_the_person_was(
    app: Flask, tenant: Tenant, role: RoleId, page: str
):
    client = signed_in_client(app, tenant, role)
    let_minutes_pass(app, 14)
    assert client.get(page).status_code in (200, 404)
    let_minutes_pass(app, 16)

    asked = client.get(page)
    data = {"password": PASSWORD, "csrf_token": csrf_token(client, asked.location)}
    answer = client.post(asked.location, data=data)

    assert asked.location == f"{CONFIRM}?next={page}"
    assert (answer.status_code, answer.location) == (302, page)
    assert client.get(page).status_code in (200, 404)


def test_pages_that_are_not_dangerous_ask_nothing(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    let_minutes_pass(app, 600)

    for page in ("/account", "/o/acme/", "/o/acme/people/", "/o/acme/settings/"):
        assert client.get(page).status_code == 200, page


def test_role_that_may_not_do_it_is_refused_before_anything_is_asked(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    let_minutes_pass(app, 16)

    assert client.get(INVITE).status_code == 403


def test_form_that_comes_too_late_is_kept_and_sent_on_after_the_password(
    app: Flask, tenant: Tenant
):
    client = signed_in_client(app, tenant, ADMIN)
    token = csrf_token(client, INVITE)
    let_minutes_pass(app, 16)
    typed = {"name": "Ama", "email": "ama@acme.example", "role": "analyst"}

    asked = client.post(INVITE, data={**typed, "csrf_token": token})
    wrong = send_confirmation(client, "not my password", **kept_in(asked.text))
    confirmed = send_confirmation(client, **kept_in(wrong.text))
    again = dict(re.findall(r'name="([^":]+)" value="([^"]*)"', confirmed.text))
    done = client.post(INVITE, data=again)

    assert asked.status_code == 401
    assert "What you typed is kept." in asked.text
    assert wrong.status_code == 422
    assert f'action="{INVITE}"' in confirmed.text
    assert done.status_code == 302
    assert "ama@acme.example" in client.get("/o/acme/people/").text


def test_form_of_another_site_is_not_carried_along(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    token = csrf_token(client, INVITE)
    let_minutes_pass(app, 16)

    answer = client.post(
        INVITE,
        data={"name": "Mallory", "csrf_token": token},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.location == CONFIRM
    assert "Mallory" not in answer.text


def test_who_has_a_second_factor_confirms_with_it_too(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    phone = phone_of(app, client)
    let_minutes_pass(app, 16)

    without = send_confirmation(client)
    wrong = send_confirmation(client, code="abcd")
    still_shut = client.get(INVITE).status_code
    right = send_confirmation(client, code=phone.code())

    assert [without.status_code, wrong.status_code, still_shut] == [422, 422, 302]
    assert right.status_code == 302
    assert client.get(INVITE).status_code == 200
    assert actions(app)[-2:] == ["session:refuse_confirmation", "session:confirm"]


def test_right_code_does_not_stand_in_for_the_password(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    phone = phone_of(app, client)
    let_minutes_pass(app, 16)

    answer = send_confirmation(client, "not my password", code=phone.code())

    assert answer.status_code == 422
    assert client.get(INVITE).status_code == 302


def test_eleventh_confirmation_in_an_hour_is_too_many(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    let_minutes_pass(app, 16)
    for _ in range(10):
        assert send_confirmation(client, "not my password").status_code == 422

    assert send_confirmation(client).status_code == 429
    assert client.get(INVITE).status_code == 302


def test_confirmation_gives_a_new_id_and_does_not_move_the_end_of_the_session(
    app: Flask, tenant: Tenant
):
    client = signed_in_client(app, tenant, ADMIN)
    let_minutes_pass(app, 16)
    before, ends = cookie_of(client), end_of(app, client)

    send_confirmation(client)
    thief = app.test_client()
    thief.set_cookie("session", before)

    assert cookie_of(client) != before
    assert end_of(app, client) == ends
    assert thief.get("/o/acme/").status_code == 302


@pytest.mark.parametrize("door", ["/shared-phone", "/account/sign-out-everywhere"])
def test_session_that_goes_on_under_a_new_id_is_no_fresher_than_before(
    app: Flask, tenant: Tenant, door: str
):
    client = signed_in_client(app, tenant, ADMIN)
    let_minutes_pass(app, 16)

    client.post(door, data={"csrf_token": csrf_token(client, "/account")})

    assert client.get(INVITE).status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/"])
def test_confirmation_leads_to_no_other_site(app: Flask, tenant: Tenant, target: str):
    client = signed_in_client(app, tenant, ADMIN)
    data = {"password": PASSWORD, "csrf_token": csrf_token(client, CONFIRM)}

    answer = client.post(CONFIRM, data=data, query_string={"next": target})

    assert (answer.status_code, answer.location) == (302, "/account")
