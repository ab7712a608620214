import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from ddplatform.accounts.guesses import services as guesses
from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit, count_try
from ddplatform.accounts.organisations.models import User, UserSession
from ddplatform.audit.models import AuditValue
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters import passwords
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import TooMany
from ddplatform.infrastructure.tenancy import across_tenants, nobody
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.factories import (
    PASSWORD,
    Tenant,
    client_of,
    csrf_token,
    signed_in_client,
    signed_in_on_page,
)
from tests.second_factors import pass_password, send_confirmation, with_phone


def test_right_password_leads_to_the_overview(app: Flask, tenant: Tenant):
    client = signed_in_on_page(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    page = client.get("/", follow_redirects=True)

    assert page.status_code == 200
    assert page.request.path == f"/o/{tenant.slug}/"
    assert "Overview" in page.text


def test_session_that_tests_make_holds_what_signing_in_leaves(app: Flask, tenant: Tenant):
    signed_in_on_page(app, tenant, RoleId.ADMIN)
    client_of(app, tenant[RoleId.ADMIN].user_id)

    with app.app_context(), nobody():
        rows = db.session.scalars(select(UserSession).order_by(UserSession.created_at)).all()
        real, made = ({**row.data} for row in rows if row.user_id)
    for name in ("_user_id", "_fresh"):
        assert made[name] == real[name]
    assert made.keys() - {"csrf_token"} <= real.keys()
    assert len(made["ref"]) == len(real["ref"])


def test_wrong_password_is_refused_in_words_that_do_not_tell_whether_the_account_exists(
    app: Flask, tenant: Tenant
):
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    answers = [
        client.post("/sign-in", data={"email": email, "password": "x" * 20, "csrf_token": token})
        for email in (tenant.email(RoleId.ADMIN), "nobody@nowhere.example")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "do not belong together" in answers[0].text


def test_eleventh_try_after_ten_wrong_ones_in_an_hour_is_too_many(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(guesses, "wait_s", lambda _failures: 0)
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    data = {"email": tenant.email(RoleId.ADMIN), "password": "x" * 20, "csrf_token": token}
    for _ in range(10):
        assert client.post("/sign-in", data=data).status_code == 422

    refused = client.post("/sign-in", data={**data, "password": PASSWORD})

    assert refused.status_code == 429
    assert len(re.findall(r"Try again in \d+ (minute|second)s?\.", refused.text)) == 1
    assert "ask for a link to set a new one" in refused.text
    assert int(refused.headers["Retry-After"]) > 0


def test_windows_follow_one_another_and_each_counts_anew(app: Flask, context: Flask):
    limit = Limit("sign-in account", 2, 3600)
    began = datetime.fromtimestamp(rate_limits.FIRST_WINDOW_S, UTC)
    with unit_of_work():
        for minutes in (1, 59):
            count_try(limit, "mia", at=began + timedelta(minutes=minutes))
        with pytest.raises(TooMany):
            count_try(limit, "mia", at=began + timedelta(minutes=59.5))
        count_try(limit, "mia", at=began + timedelta(minutes=61))


def test_page_of_another_organisation_answers_like_a_page_that_does_not_exist(
    app: Flask, tenant: Tenant, other_tenant: Tenant
):
    client = signed_in_client(app, tenant, RoleId.ADMIN)

    foreign, absent = client.get("/o/other/"), client.get("/o/nowhere/")

    assert foreign.status_code == absent.status_code == 404
    assert foreign.data == absent.data


def test_session_is_gone_after_signing_out(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    cookie = client.get_cookie("session")
    assert cookie is not None
    client.post("/sign-out", data={"csrf_token": csrf_token(client, f"/o/{tenant.slug}/")})
    client.set_cookie("session", cookie.value)

    page = client.get(f"/o/{tenant.slug}/")

    assert page.status_code == 302
    assert "/sign-in" in page.location


def test_password_of_ten_years_ago_is_still_taken(app: Flask, tenant: Tenant):
    with app.app_context(), nobody():
        long_ago = datetime.now(UTC) - timedelta(days=3_653)
        db.session.execute(update(User).values(created_at=long_ago))
        db.session.commit()

    client = signed_in_on_page(app, tenant, RoleId.ADMIN)

    assert client.get(f"/o/{tenant.slug}/").status_code == 200


def hash_of_admin(app: Flask, tenant: Tenant) -> str:
    """The hash that is kept of the administrator's password."""
    with app.app_context(), nobody():
        wanted = select(User.password_hash).where(User.email == tenant.email(RoleId.ADMIN))
        return str(db.session.scalar(wanted))


@pytest.mark.parametrize("has_phone", [False, True])
def test_signing_in_renews_a_hash_whose_parameters_have_changed_in_the_same_event(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, has_phone: bool
):
    if has_phone:
        with_phone(app, tenant, RoleId.ADMIN)
    hasher = PasswordHasher(time_cost=3, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    before = actions(app)

    pass_password(app, tenant.email(RoleId.ADMIN))
    renewed = hash_of_admin(app, tenant)
    pass_password(app, tenant.email(RoleId.ADMIN))

    assert "$m=16,t=3,p=1$" in renewed
    assert hash_of_admin(app, tenant) == renewed, "a hash of now stays as it is"
    step = "session:ask_code" if has_phone else "session:start"
    assert actions(app)[len(before) :] == [step, step]
    with app.app_context(), across_tenants():
        told = select(AuditValue.value).where(AuditValue.name == "password_hash")
        assert db.session.scalars(told).all() == [{"after": "renewed"}]


def test_a_wrong_password_renews_no_hash(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    kept = hash_of_admin(app, tenant)
    hasher = PasswordHasher(time_cost=3, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    client = app.test_client()
    token = csrf_token(client, "/sign-in")

    form = {"email": tenant.email(RoleId.ADMIN), "password": "x" * 20, "csrf_token": token}

    assert client.post("/sign-in", data=form).status_code == 422
    assert hash_of_admin(app, tenant) == kept


def test_proving_the_password_again_renews_an_outdated_hash_too(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    hasher = PasswordHasher(time_cost=3, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)

    assert send_confirmation(client).status_code == 302
    assert "$m=16,t=3,p=1$" in hash_of_admin(app, tenant)
