"""The sessions of a person: listed in words, ended one by one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.own_sessions.views import device_in_words
from ddplatform.accounts.sessions.devices import Device, device_of
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.accounts.sessions.test_sessions import age, cookie_of
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.second_factors import let_minutes_pass, pass_password, user_id_of, with_phone

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
EDGE = f"{CHROME} Edg/130.0.0.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1"
)
ANALYST = RoleId.ANALYST


def browser(app: Flask, tenant: Tenant, user_agent: str) -> FlaskClient:
    """A browser of this kind in which the analyst signed in on the page."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = user_agent
    data = {"email": tenant.email(ANALYST), "password": PASSWORD}
    client.post("/sign-in", data={**data, "csrf_token": csrf_token(client, "/sign-in")})
    return client


def row_ids(app: Flask, tenant: Tenant) -> list[str]:
    with app.app_context():
        owner = UserSession.user_id == user_id_of(tenant, ANALYST)
        return [str(key) for key in db.session.scalars(select(UserSession.id).where(owner))]


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, Device("Firefox", "Android")),
        (CHROME, Device("Chrome", "Windows")),
        (EDGE, Device("Edge", "Windows")),
        (SAFARI, Device("Safari", "iPhone")),
        ("curl/8.5.0", Device("", "")),
        ("", Device("", "")),
    ],
)
def test_device_is_told_from_the_user_agent(user_agent: str, device: Device):
    assert device_of(user_agent) == device


@pytest.mark.parametrize(
    ("browser_name", "system", "words"),
    [
        ("Firefox", "Android", "Firefox on Android"),
        ("", "Linux", "Linux"),
        ("Safari", "", "Safari"),
        ("", "", "Unknown device"),
    ],
)
def test_device_is_named_as_far_as_it_is_known(
    context: Flask, browser_name: str, system: str, words: str
):
    with context.test_request_context():
        assert device_in_words(browser_name, system) == words


def test_list_names_each_session_in_words_and_marks_this_one(app: Flask, tenant: Tenant):
    browser(app, tenant, FIREFOX)
    here = browser(app, tenant, SAFARI)

    page = here.get("/account").text

    assert page.count("This session") == 1
    assert page.index("Safari on iPhone") < page.index("This session")
    assert page.index("This session") < page.index("Firefox on Android")


def test_user_agent_itself_is_kept_nowhere(app: Flask, tenant: Tenant):
    browser(app, tenant, FIREFOX)

    with app.app_context():
        stored = repr(db.session.execute(select(UserSession.__table__)).all())
    assert "Firefox" in stored
    assert "Mozilla" not in stored and "Gecko" not in stored


def test_one_session_is_ended_from_another_browser(app: Flask, tenant: Tenant):
    there = browser(app, tenant, FIREFOX)
    (key,) = row_ids(app, tenant)
    here = browser(app, tenant, SAFARI)

    answer = here.post(
        f"/account/sessions/{key}/end", data={"csrf_token": csrf_token(here, "/account")}
    )

    assert answer.location == "/account"
    assert here.get("/o/acme/").status_code == 200
    assert there.get("/o/acme/").status_code == 302
    assert actions(app)[-1] == "session:end"


def test_ending_sessions_asks_for_a_fresh_sign_in(app: Flask, tenant: Tenant):
    there = browser(app, tenant, FIREFOX)
    (key,) = row_ids(app, tenant)
    here = browser(app, tenant, SAFARI)
    let_minutes_pass(app, 16)

    for path in (f"/account/sessions/{key}/end", "/account/sign-out-everywhere"):
        answer = here.post(path, data={"csrf_token": csrf_token(here, "/account")})
        assert answer.status_code == 401 and "Confirm that it is you" in answer.text
    assert there.get("/o/acme/").status_code == 200


def test_session_of_somebody_else_answers_like_none(app: Flask, tenant: Tenant):
    theirs = browser(app, tenant, FIREFOX)
    (key,) = row_ids(app, tenant)
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    token = csrf_token(client, "/account")

    statuses = [
        client.post(f"/account/sessions/{one}/end", data={"csrf_token": token}).status_code
        for one in (key, uuid4())
    ]

    assert statuses == [404, 404]
    assert theirs.get("/o/acme/").status_code == 200


def test_sessions_that_ended_or_wait_for_a_code_are_not_listed(app: Flask, tenant: Tenant):
    idle = browser(app, tenant, FIREFOX)
    age(app, idle, last_seen_at=timedelta(minutes=31))
    here = browser(app, tenant, SAFARI)
    assert "Firefox on Android" not in here.get("/account").text

    with_phone(app, tenant, ANALYST)
    pass_password(app, tenant.email(ANALYST))
    page = signed_in_client(app, tenant, ANALYST).get("/account").text

    assert page.count(", last used ") == 2  # the one that set the app up, and this one


def test_start_of_a_session_stays_under_a_new_id_and_signing_in_begins_a_new_one(
    app: Flask, tenant: Tenant
):
    client = browser(app, tenant, FIREFOX)
    began = datetime.now(UTC) - timedelta(hours=2)
    with app.app_context(), unit_of_work():
        db.session.execute(update(UserSession).values(created_at=began))
    before = cookie_of(client)
    client.post("/shared-phone", data={"csrf_token": csrf_token(client, "/account")})

    with app.app_context():
        assert cookie_of(client) != before
        owner = UserSession.user_id == user_id_of(tenant, ANALYST)
        assert db.session.scalar(select(UserSession.created_at).where(owner)) == began
    assert "Others use this device too" in client.get("/account").text


@pytest.mark.parametrize("page", ["/account", "/organisations"])
def test_pages_outside_an_organisation_end_this_session(app: Flask, tenant: Tenant, page: str):
    client = signed_in_client(app, tenant, RoleId.SUPPLIER)
    html = client.get(page).text

    assert 'action="/sign-out"' in html
    client.post("/sign-out", data={"csrf_token": csrf_token(client, page)})
    assert client.get(page).status_code == 302
