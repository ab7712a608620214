"""Coming in by a single-use link, and coming back after the session ended."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.organisations.services.people import invite, open_link
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, nobody
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

NEW_PASSWORD = "quite another four words"


def do_all_jobs(app: Flask) -> None:
    with app.app_context(), nobody():
        while Worker(app).work_once():
            pass


def last_mail(app: Flask) -> str:
    outbox = Path(app.instance_path) / "outbox"
    return sorted(outbox.glob("*.eml"))[-1].read_text()


def link_in(mail: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail)
    assert found is not None
    return found[1]


def ask_for_reset(app: Flask, email: str) -> str:
    client = app.test_client()
    token = csrf_token(client, "/forgotten-password")
    return client.post("/forgotten-password", data={"email": email, "csrf_token": token}).text


def invite_analyst(app: Flask, tenant: Tenant, email: str = "new@acme.example") -> str:
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        by = tenant[RoleId.ADMIN]
        # Links run out by the clock of the worker that mails them.
        today = datetime.now(UTC)
        invite(email=email, name="New Person", role=RoleId.ANALYST, act=Act(by, today))
    do_all_jobs(app)
    return link_in(last_mail(app))


def test_invited_person_joins_with_a_password_and_sees_the_organisation(app: Flask, tenant: Tenant):
    link = invite_analyst(app, tenant)
    client = app.test_client()
    form = {"name": "New Person", "password": NEW_PASSWORD, "again": NEW_PASSWORD}

    answer = client.post(link, data={**form, "csrf_token": csrf_token(client, link)})

    assert answer.status_code == 302
    assert client.get(answer.location).status_code == 200


def test_opening_a_link_does_not_use_it_up_but_joining_does(app: Flask, tenant: Tenant):
    link = invite_analyst(app, tenant)
    client = app.test_client()
    form = {"name": "New Person", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200

    client.post(link, data={**form, "csrf_token": csrf_token(client, link)})

    assert app.test_client().get(link).status_code == 404


def test_weak_password_is_shown_at_its_field_and_the_name_is_kept(app: Flask, tenant: Tenant):
    link = invite_analyst(app, tenant)
    client = app.test_client()
    form = {"name": "Amélie", "password": "short", "again": "short"}

    answer = client.post(link, data={**form, "csrf_token": csrf_token(client, link)})

    assert answer.status_code == 422
    assert "at least 15 characters" in answer.text
    assert "Amélie" in answer.text


def test_person_with_an_account_joins_with_the_password_they_have(
    app: Flask, tenant: Tenant, other_tenant: Tenant
):
    link = invite_analyst(app, tenant, other_tenant.email(RoleId.ANALYST))
    client = app.test_client()

    answer = client.post(link, data={"csrf_token": csrf_token(client, link)}, follow_redirects=True)

    assert "You are a member of Acme now" in answer.text
    assert signed_in_client(app, other_tenant, RoleId.ANALYST).get("/o/acme/").status_code == 200


def test_expired_link_answers_like_one_that_was_never_made(app: Flask, tenant: Tenant):
    token = invite_analyst(app, tenant).rsplit("/", 1)[1]
    now = datetime.now(UTC)

    with app.app_context(), across_tenants():
        assert open_link(token, at=now).email == "new@acme.example"
        with pytest.raises(NotFound):
            open_link(token, at=now + timedelta(days=15))
        with pytest.raises(NotFound):
            open_link("never made", at=now)


def test_new_password_ends_every_session_and_its_link_signs_nobody_in(app: Flask, tenant: Tenant):
    old = signed_in_client(app, tenant, RoleId.ANALYST)
    other = signed_in_client(app, tenant, RoleId.ADMIN)  # somebody else at the same browser
    for client in (app.test_client(), other):
        ask_for_reset(app, tenant.email(RoleId.ANALYST))
        do_all_jobs(app)
        link = link_in(last_mail(app))
        data = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}

        answer = client.post(link, data={**data, "csrf_token": csrf_token(client, link)})

        assert (answer.status_code, answer.location) == (302, "/sign-in")
        assert "Your new password is set" in client.get("/sign-in").text
        for browser in (client, old):
            assert browser.get("/o/acme/").status_code == 302
        assert client.get(link).status_code == 404


def test_asking_for_a_link_tells_nothing_about_who_has_an_account(app: Flask, tenant: Tenant):
    known = ask_for_reset(app, tenant.email(RoleId.ADMIN))
    unknown = ask_for_reset(app, "nobody@nowhere.example")
    do_all_jobs(app)

    assert known.replace(tenant.email(RoleId.ADMIN), "X") == unknown.replace(
        "nobody@nowhere.example", "X"
    )
    assert len(list((Path(app.instance_path) / "outbox").glob("*.eml"))) == 1


def test_form_sent_after_the_session_ended_is_carried_through_the_sign_in(
    app: Flask, tenant: Tenant
):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    with app.app_context(), unit_of_work():
        db.session.query(UserSession).delete()

    asked = client.post("/account/theme", data={"theme": "dark", "note": "long text"})
    token = asked.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    kept = dict(re.findall(r'name="(kept:[^"]*)" value="([^"]*)"', asked.text))
    signed = client.post(
        "/sign-in",
        data={
            "email": tenant.email(RoleId.ANALYST),
            "password": PASSWORD,
            "csrf_token": token,
            **kept,
        },
    )

    assert asked.status_code == 401
    assert kept == {"kept:": "/account/theme", "kept:theme": "dark", "kept:note": "long text"}
    assert 'action="/account/theme"' in signed.text
    assert 'name="note" value="long text"' in signed.text


def test_signing_out_everywhere_ends_the_sessions_in_other_browsers(app: Flask, tenant: Tenant):
    here, there = (signed_in_client(app, tenant, RoleId.ANALYST) for _ in range(2))

    here.post("/account/sign-out-everywhere", data={"csrf_token": csrf_token(here, "/account")})

    assert here.get("/o/acme/").status_code == 200
    assert there.get("/o/acme/").status_code == 302


def test_password_is_changed_only_with_the_one_in_use(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    data = {
        "password": NEW_PASSWORD,
        "again": NEW_PASSWORD,
        "csrf_token": csrf_token(client, "/account"),
    }

    wrong = client.post("/account/password", data={**data, "current": "not the one"})
    right = client.post("/account/password", data={**data, "current": PASSWORD})

    assert wrong.status_code == 422
    assert "not the password you use now" in wrong.text
    assert right.status_code == 302


def test_next_address_outside_our_own_is_not_followed(app: Flask, tenant: Tenant):
    client = app.test_client()
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        data = {
            "email": tenant.email(RoleId.ADMIN),
            "password": PASSWORD,
            "csrf_token": csrf_token(client, "/sign-in"),
        }
        assert client.post(f"/sign-in?next={target}", data=data).location == "/"


def test_system_identity_may_do_nothing_at_a_door(tenant: Tenant):
    assert not any(system_identity(tenant.id).has(permission) for permission in Permission)
