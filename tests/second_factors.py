"""People with an authenticator app, for tests: set up over HTTP, and what its pages show."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from ddplatform.accounts.organisation_factors.services import require_factor_of
from ddplatform.accounts.organisations.models import Organisation, UserSession
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.accounts.second_factor.models import SecondFactor
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

SET_UP, CODE, CONFIRM = "/account/second-factor", "/sign-in/code", "/account/confirm"
ENOUGH = 2.0
"""Seconds in which a test can send a code."""
RECOVERY = r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}"


@dataclass(frozen=True)
class Phone:
    """An authenticator app, and the recovery codes that were written down beside it."""

    app: Flask
    key: str
    recovery: tuple[str, ...] = ()

    def code(self) -> str:
        """A code that nobody used yet, as if the clock had moved on since the last one."""
        with self.app.app_context(), unit_of_work():
            db.session.execute(update(SecondFactor).values(last_step=0))
        return self.shown()

    def shown(self) -> str:
        """The code that the app shows now, used or not."""
        return shown_by(self.key)


def shown_by(key: str) -> str:
    """The code that an app with this key shows, with time left to send it."""
    left = 30 - time.time() % 30
    if left < ENOUGH:
        time.sleep(left)
    return pyotp.TOTP(key).now()


def key_on(page: str) -> str:
    """The key that a page of set-up shows in text."""
    found = re.search(r'<code class="ltr">([A-Z2-7 ]+)</code>', page)
    assert found is not None, page
    return found[1].replace(" ", "")


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found is not None, page
    return found[1]


def kept_in(page: str) -> dict[str, str]:
    """The fields of a form that a page carries along."""
    return dict(re.findall(r'name="(kept:[^"]*)" value="([^"]*)"', page))


def set_up(client: FlaskClient, code: Callable[[str], str] | None = None) -> TestResponse:
    """Set up an app on the page of this browser, with the code that it shows."""
    page = client.get(SET_UP).text
    show = code or shown_by
    data = {"csrf_token": hidden(page, "csrf_token"), "offer": hidden(page, "offer")}
    return client.post(SET_UP, data={**data, "code": show(key_on(page))})


def phone_of(app: Flask, client: FlaskClient) -> Phone:
    """The same, where it succeeds: the app, and the recovery codes."""
    keys: list[str] = []

    def show(key: str) -> str:
        keys.append(key)
        return shown_by(key)

    answer = set_up(client, show)
    assert answer.status_code == 200, answer.text
    return Phone(app, keys[0], tuple(re.findall(RECOVERY, answer.text)))


def with_phone(app: Flask, tenant: Tenant, role: RoleId) -> Phone:
    """An app of the person of this role, set up in a browser that is then put away."""
    return phone_of(app, signed_in_client(app, tenant, role))


def pass_password(
    app: Flask, email: str, password: str = PASSWORD, **query: str
) -> tuple[FlaskClient, TestResponse]:
    """A browser that has sent the right password, and what it was answered."""
    client = app.test_client()
    data = {"email": email, "password": password, "csrf_token": csrf_token(client, "/sign-in")}
    return client, client.post("/sign-in", data=data, query_string=query)


def send_code(client: FlaskClient, code: str, **more: str) -> TestResponse:
    """Send a code on the page of the second step."""
    page = client.get(CODE).text
    return client.post(CODE, data={"csrf_token": hidden(page, "csrf_token"), "code": code, **more})


def send_confirmation(client: FlaskClient, password: str = PASSWORD, **more: str) -> TestResponse:
    """Confirm again who sits in front of this browser."""
    data = {"csrf_token": csrf_token(client, CONFIRM), "password": password, **more}
    return client.post(CONFIRM, data=data)


def let_minutes_pass(app: Flask, minutes: int) -> None:
    """Since people last proved who they are, in every browser."""
    past = datetime.now(UTC) - timedelta(minutes=minutes)
    with app.app_context(), unit_of_work():
        db.session.execute(update(UserSession).values(confirmed_at=past))


def ask_factor_of(app: Flask, tenant: Tenant, *roles: RoleId) -> None:
    """Let the organisation ask a second factor of these roles."""
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        organisation: Organisation = get_organisation(tenant.id)
        act = Act(tenant[RoleId.ADMIN], datetime.now(UTC))
        require_factor_of(organisation, roles, act=act)


def user_id_of(tenant: Tenant, role: RoleId) -> UUID:
    user_id = tenant[role].user_id
    assert user_id is not None
    return user_id
