"""Limits hold for what is refused, for what comes at once, and each caller has their own."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit, count_try, forget_old_counters
from ddplatform.accounts.organisations.models import RateCount
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from tests.factories import Tenant, csrf_token, signed_in_client

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


def test_people_behind_one_address_ask_for_links_each_of_their_own(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rate_limits, "LINK_REQUEST", FEW)
    client = app.test_client()
    token, statuses = csrf_token(client, "/forgotten-password"), []
    for number in range(2 * FEW.times):
        data = {"email": f"p{number}@acme.example", "csrf_token": token}
        statuses.append(client.post("/forgotten-password", data=data).status_code)

    assert set(statuses) == {200}


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


def test_counters_name_nobody_and_are_deleted_when_their_window_is_over(context: Flask):
    at = datetime.now(UTC)
    with unit_of_work():
        count_try(FEW, "mia@acme.example 192.0.2.7", at=at)
    (key,) = db.session.scalars(select(RateCount.key)).all()

    assert key.startswith("few:")
    assert "mia" not in key
    assert "192.0.2" not in key
    with unit_of_work():
        assert forget_old_counters(at=at + timedelta(hours=1)) == 0
        assert forget_old_counters(at=at + timedelta(days=2)) == 1
