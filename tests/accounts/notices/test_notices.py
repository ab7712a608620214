"""Nobody changes a password or signs in on a new device unnoticed: the person gets a mail."""

from flask import Flask

from ddplatform.infrastructure.access.roles import RoleId
from tests.accounts.organisations.test_abuse_accounts import (
    NEW_PASSWORD,
    reset_links,
    set_password,
)
from tests.accounts.organisations.test_links import do_all_jobs, last_mail
from tests.answering import mails
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client, signed_in_on_page
from tests.second_factors import pass_password, send_code, with_phone

ADMIN = RoleId.ADMIN
NEW_DEVICE = "Sign-in on a new device\n"


def told(app: Flask) -> list[str]:
    """All mails that went out, once every job is done."""
    do_all_jobs(app)
    return mails()


def test_new_password_of_ones_own_is_told(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    page = "/account/password"
    typed = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    answer = client.post(page, data={**typed, "csrf_token": csrf_token(client, page)})
    do_all_jobs(app)

    assert answer.status_code == 302
    assert "Subject: Password changed" in last_mail(app)
    assert "/forgotten-password" in last_mail(app)


def test_new_password_by_a_link_is_told(app: Flask, tenant: Tenant):
    link = reset_links(app, tenant.email(ADMIN), 1)[0]
    assert set_password(app.test_client(), link) == 302

    assert sum(mail.startswith("Password changed\n") for mail in told(app)) == 1


def test_refused_password_tells_nothing(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    page = "/account/password"
    typed = {"current": "another one", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    client.post(page, data={**typed, "csrf_token": csrf_token(client, page)})

    assert told(app) == []


def test_sign_in_on_a_second_device_is_told_once_and_on_the_known_one_never(
    app: Flask, tenant: Tenant
):
    here = signed_in_on_page(app, tenant, ADMIN)
    first = told(app)
    here.post("/sign-out", data={"csrf_token": csrf_token(here, "/account")})
    form = {"email": tenant.email(ADMIN), "password": PASSWORD}
    here.post("/sign-in", data={**form, "csrf_token": csrf_token(here, "/sign-in")})
    again = told(app)
    signed_in_on_page(app, tenant, ADMIN)
    elsewhere = told(app)

    assert here.get("/account").status_code == 200
    assert (first, again) == ([], [])
    assert len(elsewhere) == 1 and NEW_DEVICE in elsewhere[0]


def test_new_device_is_told_once_its_second_factor_was_proved(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ADMIN)
    here, _ = pass_password(app, tenant.email(ADMIN))
    send_code(here, phone.code())
    before = len(told(app))
    there, _ = pass_password(app, tenant.email(ADMIN))
    waiting = len(told(app))
    send_code(there, phone.code())

    assert waiting == before
    assert NEW_DEVICE in told(app)[-1] and len(told(app)) == before + 1
