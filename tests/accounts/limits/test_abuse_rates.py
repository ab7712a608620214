"""Limits hold for what is refused, for what comes at once, and each caller has their own."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit, count_try
from ddplatform.accounts.organisations.models import RateCount
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

pytestmark = pytest.mark.both_databases

FEW = Limit("few", 3, 3600)


def test_refused_uploads_count_too(app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rate_limits, "UPLOAD", FEW)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    page = f"/o/{tenant.slug}/evidence/add"
    token, statuses = csrf_token(client, page), []
    for _ in range(FEW.times + 1):
        data = {"document": (BytesIO(b"no such file"), "a.pdf"), "csrf_token": token}
        statuses.append(client.post(page, data=data).status_code)

    assert statuses == [422, 422, 422, 429]


def test_refused_links_for_a_password_count_too(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "LINK_REQUEST", FEW)
    client = app.test_client()
    token = csrf_token(client, "/forgotten-password")
    data = {"email": tenant.email(RoleId.ADMIN), "csrf_token": token}
    statuses = [client.post("/forgotten-password", data=data).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_network_that_is_stopped_does_not_lock_the_account_of_its_victim(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "SIGN_IN_ADDRESS", FEW)
    attacker, owner = app.test_client(), app.test_client()
    email = tenant.email(RoleId.ADMIN)
    data = {"email": email, "password": "x" * 20, "csrf_token": csrf_token(attacker, "/sign-in")}
    for _ in range(30):
        answer = attacker.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": "10.9.9.9"})
    assert answer.status_code == 429

    data = {"email": email, "password": PASSWORD, "csrf_token": csrf_token(owner, "/sign-in")}
    assert owner.post("/sign-in", data=data).status_code == 302


def test_first_tries_of_a_window_that_come_at_once_are_both_counted(app: Flask):
    at = datetime.now(UTC)

    def try_once(_place: int) -> None:
        with app.app_context(), unit_of_work():
            count_try(FEW, "somebody", at=at)
            time.sleep(0.3)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(try_once, range(2)))

    with app.app_context():
        assert db.session.scalar(select(RateCount.count)) == 2
