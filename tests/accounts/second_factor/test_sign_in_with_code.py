"""Signing in with a second factor: the password opens nothing, each code works once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from ddplatform.accounts.organisations.models import User, UserSession
from ddplatform.accounts.second_factor.models import RecoveryCode, SecondFactor
from ddplatform.accounts.second_factor.services.codes import Kind, fit_of, use_code
from ddplatform.accounts.sessions import services as sessions
from ddplatform.accounts.sessions.services import WAITING
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants
from tests.accounts.organisations.test_abuse_accounts import (
    NEW_PASSWORD,
    reset_links,
    set_password,
)
from tests.accounts.organisations.test_links import do_all_jobs, last_mail
from tests.accounts.sessions.test_sessions import cookie_of
from tests.factories import PASSWORD, Tenant, csrf_token
from tests.second_factors import (
    CODE,
    kept_in,
    pass_password,
    send_code,
    user_id_of,
    with_phone,
)

ADMIN = RoleId.ADMIN


def actions(app: Flask) -> list[str]:
    """What the logs hold, in the order it happened."""
    with app.app_context(), across_tenants():
        return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)))


def test_password_leads_to_the_code_and_the_code_to_the_page_that_was_asked_for(
    app: Flask, tenant: Tenant
):
    phone, page = with_phone(app, tenant, ADMIN), f"/o/{tenant.slug}/people/"
    client, first = pass_password(app, tenant.email(ADMIN), next=page)

    asked = client.get(first.location)
    second = client.post(
        first.location,
        data={"code": phone.code(), "csrf_token": csrf_token(client, first.location)},
    )

    assert first.location == f"{CODE}?next=/o/acme/people/"
    assert "Enter your code" in asked.text
    assert (second.status_code, second.location) == (302, page)
    assert client.get(page).status_code == 200
    assert actions(app)[-2:] == ["session:ask_code", "session:start"]


def test_session_that_passed_only_the_password_reaches_nothing_and_changes_nothing(
    app: Flask, tenant: Tenant
):
    with_phone(app, tenant, ADMIN)
    client, _ = pass_password(app, tenant.email(ADMIN))
    token = csrf_token(client, CODE)

    for page in ("/", "/account", "/account/confirm", "/account/second-factor", "/o/acme/people/"):
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert answer.location.startswith("/sign-in"), page
    changed = client.post("/account/theme", data={"theme": "dark", "csrf_token": token})

    assert changed.status_code == 401
    with app.app_context():
        assert db.session.get(User, user_id_of(tenant, ADMIN)).theme == ""


def test_each_step_begins_a_session_with_an_id_of_its_own(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    client = app.test_client()
    csrf_token(client, "/sign-in")
    before = cookie_of(client)
    client, _ = pass_password(app, tenant.email(ADMIN))
    waiting = cookie_of(client)
    send_code(client, phone.code())
    thief = app.test_client()
    thief.set_cookie("session", waiting)

    assert len({before, waiting, cookie_of(client)}) == 3
    assert client.get("/o/acme/").status_code == 200
    assert thief.get("/o/acme/").status_code == 302


def test_code_that_was_used_is_refused_also_in_another_browser(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    here, _ = pass_password(app, tenant.email(ADMIN))
    there, _ = pass_password(app, tenant.email(ADMIN))
    code = phone.code()

    first, again = send_code(here, code), send_code(there, code)

    assert first.status_code == 302
    assert again.status_code == 422
    assert "This code is wrong or was used before." in again.text
    assert there.get("/o/acme/").status_code == 302
    assert "session:refuse_code" in actions(app)


def test_code_that_confirmed_the_set_up_does_not_sign_in(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    client, _ = pass_password(app, tenant.email(ADMIN))

    with app.app_context(), unit_of_work():  # however long the test took, the step is this one
        now = pyotp.TOTP(phone.key).timecode(datetime.now(UTC))
        db.session.execute(update(SecondFactor).values(last_step=now))

    assert send_code(client, phone.shown()).status_code == 422


@pytest.mark.both_databases
def test_one_code_sent_twice_in_the_same_moment_signs_in_once(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    clients = [pass_password(app, tenant.email(ADMIN))[0] for _ in range(2)]
    tokens = [csrf_token(client, CODE) for client in clients]
    code = phone.code()

    def use(place: int) -> int:
        data = {"code": code, "csrf_token": tokens[place]}
        return clients[place].post(CODE, data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(use, range(2))) == [302, 422]


SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""That of the published examples, RFC 6238, appendix B."""


def is_accepted(code: str, *, at: int, behind: int = 0, after: int = -1) -> bool:
    """Whether a code is the present one at a second since 1970, for a phone so far behind."""
    moment = datetime.fromtimestamp(at, UTC)
    fit = fit_of(SECRET, code, after=after, clock_behind=behind, at=moment)
    return fit is not None and fit.clock_behind == behind


@given(step=st.integers(10, 10**8), behind=st.integers(-120, 120))
def test_each_code_is_accepted_for_thirty_seconds_and_no_longer(step: int, behind: int):
    code, begins = pyotp.TOTP(SECRET).generate_otp(step), step * 30 + behind

    accepted = [
        second
        for second in range(begins - 200, begins + 200)
        if is_accepted(code, at=second, behind=behind)
    ]

    assert accepted == list(range(begins, begins + 30))


@given(
    step=st.integers(10, 10**8),
    early=st.integers(-8, 8),
    used=st.integers(-8, 8),
    second=st.integers(0, 29),
)
def test_code_of_another_step_is_refused_and_its_fit_tells_the_least_difference_of_the_clocks(
    step: int, early: int, used: int, second: int
):
    code, at = pyotp.TOTP(SECRET).generate_otp(step + early), step * 30 + second

    fit = fit_of(
        SECRET, code, after=step + used, clock_behind=0, at=datetime.fromtimestamp(at, UTC)
    )

    if not (used < early and abs(early) <= 4):
        assert fit is None
        return
    assert fit is not None
    assert fit.step == step + early
    assert is_accepted(code, at=at, behind=fit.clock_behind)
    nearer = fit.clock_behind - (1 if fit.clock_behind > 0 else -1)
    assert early == 0 or not is_accepted(code, at=at, behind=nearer)


def test_code_of_the_published_example_is_taken():
    """SHA-1, 59 seconds after 1970 (its last six digits)."""
    assert is_accepted("287082", at=59)


@pytest.mark.parametrize("behind", [-110, -40, 40, 110])
def test_phone_with_a_wrong_clock_comes_in_with_the_code_after_the_refused_one(
    app: Flask, tenant: Tenant, behind: int
):
    phone, user_id = with_phone(app, tenant, ADMIN), user_id_of(tenant, ADMIN)
    totp, start = pyotp.TOTP(phone.key), datetime.now(UTC) + timedelta(minutes=10)

    def typed(later: int) -> Kind | None:
        at = start + timedelta(seconds=later)
        with app.app_context(), unit_of_work():
            return use_code(user_id, totp.at(at - timedelta(seconds=behind)), at=at)

    assert [typed(0), typed(0)] == [None, None]  # also the same code again
    assert [typed(30), typed(86_400)] == [Kind.APP, Kind.APP]


def test_eleventh_code_in_an_hour_is_too_many_also_when_it_is_right(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    client, _ = pass_password(app, tenant.email(ADMIN))
    for _ in range(10):
        assert send_code(client, "no code").status_code == 422

    refused = send_code(client, phone.code())

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/o/acme/").status_code == 302


def test_recovery_code_signs_in_once_and_is_told_by_mail(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    here, _ = pass_password(app, tenant.email(ADMIN))
    there, _ = pass_password(app, tenant.email(ADMIN))
    typed = phone.recovery[0].upper().replace("-", " ")

    first, again = send_code(here, typed), send_code(there, typed)
    do_all_jobs(app)

    assert (first.status_code, again.status_code) == (302, 422)
    assert here.get("/o/acme/").status_code == 200
    assert "9 recovery codes are left." in here.get("/account").text
    mail = last_mail(app)
    assert "Recovery code used" in mail
    assert "9 recovery codes are left." in mail


def test_who_has_few_recovery_codes_left_is_told_so(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    with app.app_context(), unit_of_work():
        others = RecoveryCode.begins.not_in([code[:4] for code in phone.recovery[:2]])
        db.session.execute(update(RecoveryCode).where(others).values(used_at=datetime.now(UTC)))
    client, _ = pass_password(app, tenant.email(ADMIN))

    send_code(client, phone.recovery[0])

    assert "1 recovery code is left." in client.get("/account").text


def test_reset_of_the_password_does_not_skip_the_second_factor(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    (link,) = reset_links(app, tenant.email(ADMIN), 1)
    assert set_password(app.test_client(), link) == 302

    client, _ = pass_password(app, tenant.email(ADMIN), password=NEW_PASSWORD)
    shut = client.get("/o/acme/")
    opened = send_code(client, phone.code())

    assert shut.status_code == 302
    assert opened.status_code == 302
    assert client.get("/o/acme/").status_code == 200


def test_password_that_waits_for_its_code_ends_with_the_sessions_of_the_person(
    app: Flask, tenant: Tenant
):
    phone = with_phone(app, tenant, ADMIN)
    client, _ = pass_password(app, tenant.email(ADMIN))
    token = csrf_token(client, CODE)
    with app.app_context(), unit_of_work():
        sessions.end_all_sessions(user_id_of(tenant, ADMIN))

    answer = client.post(CODE, data={"code": phone.code(), "csrf_token": token})

    assert answer.status_code >= 400 or answer.location.startswith("/sign-in")
    assert client.get("/o/acme/").status_code == 302


@pytest.mark.parametrize(("minutes", "is_open"), [(9, True), (11, False)])
def test_password_waits_ten_minutes_for_its_code(
    app: Flask, tenant: Tenant, minutes: int, is_open: bool
):
    phone = with_phone(app, tenant, ADMIN)
    client, _ = pass_password(app, tenant.email(ADMIN))
    token = csrf_token(client, CODE)
    since = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
    with app.app_context(), unit_of_work():
        for row in db.session.scalars(select(UserSession)):
            if WAITING in row.data:
                row.data = {**row.data, WAITING: [row.data[WAITING][0], since]}

    client.post(CODE, data={"code": phone.code(), "csrf_token": token})

    assert (client.get("/o/acme/").status_code == 200) is is_open


def test_closed_account_does_not_come_in_by_a_code(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    client, _ = pass_password(app, tenant.email(ADMIN))
    token = csrf_token(client, CODE)
    with app.app_context(), unit_of_work():
        db.session.get(User, user_id_of(tenant, ADMIN)).is_active = False

    answer = client.post(CODE, data={"code": phone.code(), "csrf_token": token})

    assert answer.location == "/sign-in"
    assert client.get("/o/acme/").status_code == 302


def test_form_sent_after_the_session_ended_is_carried_through_both_steps(
    app: Flask, tenant: Tenant
):
    phone = with_phone(app, tenant, ADMIN)
    client = app.test_client()
    asked = client.post("/account/theme", data={"theme": "dark", "note": "long text"})
    token = re.search(r'name="csrf_token" value="([^"]*)"', asked.text)
    assert token is not None
    from_password = client.post(
        "/sign-in",
        data={
            "email": tenant.email(ADMIN),
            "password": PASSWORD,
            "csrf_token": token[1],
            **kept_in(asked.text),
        },
    )
    wrong = send_code(client, "000 no", **kept_in(from_password.text))
    done = send_code(client, phone.code(), **kept_in(wrong.text))

    assert kept_in(wrong.text)["kept:note"] == "long text"
    assert 'action="/account/theme"' in done.text
    assert 'name="note" value="long text"' in done.text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil"])
def test_code_leads_to_no_other_site(app: Flask, tenant: Tenant, target: str):
    phone = with_phone(app, tenant, ADMIN)
    client, _ = pass_password(app, tenant.email(ADMIN))
    data = {"code": phone.code(), "csrf_token": csrf_token(client, CODE)}

    answer = client.post(CODE, data=data, query_string={"next": target})

    assert (answer.status_code, answer.location) == (302, "/")


def test_page_of_the_code_sends_strangers_to_the_password(app: Flask, tenant: Tenant):
    answer = app.test_client().get(CODE, query_string={"next": "/o/acme/"})

    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/o/acme/")
