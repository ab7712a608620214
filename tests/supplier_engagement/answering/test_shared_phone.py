"""A phone that others use too: short sessions, nothing kept in the browser, a way out on each page."""

import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.sessions import services as sessions
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.supplier_engagement.answering.browser_keys import browser_key
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_answers
from tests.answering import EMAIL, Supplier, acting
from tests.factories import PASSWORD, csrf_token

C01 = "/data/C/SAQ_C01"
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def _phone(app: Flask, **more: str) -> FlaskClient:
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    data = {"email": EMAIL, "password": PASSWORD, "csrf_token": token, **more}
    assert client.post("/sign-in", data=data).status_code == 302
    return client


def _section(supplier: Supplier) -> str:
    return f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/C"


def _marks(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(csrf_token|seen|page)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def test_each_page_of_a_shared_phone_has_the_way_out_and_keeps_nothing(
    app: Flask, supplier: Supplier
):
    phone = _phone(app, shared_phone="1")
    base = f"/o/{supplier.slug}"
    for address in (
        f"{base}/responses/",
        f"{base}/responses/{supplier.asked.assignment_id}/",
        _section(supplier),
        f"{base}/responses/{supplier.asked.assignment_id}/check",
        f"{base}/responses/{supplier.asked.assignment_id}/questions",
        f"{base}/responses/help",
        f"{base}/sharing/",
    ):
        page = phone.get(address)
        assert "Leave and close" in page.text, address
        assert page.headers["Cache-Control"] == "no-store"
        assert "data-keep" not in page.text and "data-seal" not in page.text
    assert 'autocomplete="off"' in phone.get(_section(supplier)).text


def test_leaving_a_section_saves_it_signs_out_and_clears_the_browser(
    app: Flask, supplier: Supplier
):
    phone = _phone(app, shared_phone="1")
    marks = _marks(phone.get(_section(supplier)).text)

    left = phone.post(_section(supplier), data={**marks, C01: "10", "leave": "1"})

    assert left.status_code == 302
    assert {"cookies", "storage"} <= set(
        left.headers["Clear-Site-Data"].replace('"', "").split(", ")
    )
    assert "You have left" in phone.get(left.location).text
    assert phone.get(_section(supplier)).status_code == 302
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        assert {a.path: a.raw for a in list_answers(row.id)}[C01] == "10"


def test_a_phone_becomes_shared_by_a_button_on_any_page(app: Flask, supplier: Supplier):
    phone = _phone(app)
    page = phone.get(_section(supplier)).text
    assert "Leave and close" not in page
    assert "data-keep" in page

    token = _marks(page)["csrf_token"]
    answer = phone.post("/shared-phone", data={"csrf_token": token, "next": _section(supplier)})

    assert answer.location.endswith(_section(supplier))
    assert "Leave and close" in phone.get(_section(supplier)).text


def test_a_shared_phone_stays_one_when_other_sessions_end(app: Flask, supplier: Supplier):
    phone = _phone(app, shared_phone="1")
    assert "Leave and close" in phone.get(_section(supplier)).text

    token = csrf_token(phone, "/account")
    answer = phone.post("/account/sign-out-everywhere", data={"csrf_token": token})

    assert answer.status_code == 302
    assert "Leave and close" in phone.get(_section(supplier)).text


def _session(app: Flask, data: dict[str, object], *, age: timedelta, seen: timedelta) -> str:
    secret = sessions.new_secret()
    with app.app_context(), unit_of_work():
        sessions.start_session(secret, user_id=None, data=data, at=NOW - age)
        db.session.flush()
        row = db.session.scalars(
            select(UserSession).where(UserSession.id_hash == sessions.hash_of(secret))
        ).one()
        row.last_seen_at = NOW - seen
    return secret


@pytest.mark.parametrize(
    ("is_shared", "age", "seen", "lives"),
    [
        (True, 20, 9, True),
        (True, 20, 11, False),
        (True, 61, 1, False),
        (False, 61, 11, True),
    ],
)
def test_a_session_on_a_shared_phone_ends_after_ten_minutes_and_after_an_hour(
    app: Flask, is_shared: bool, age: int, seen: int, lives: bool
):
    data: dict[str, object] = {sessions.SHARED: True} if is_shared else {}
    secret = _session(app, data, age=timedelta(minutes=age), seen=timedelta(minutes=seen))
    with app.app_context():
        assert (sessions.read_session(secret, at=NOW) is not None) == lives


def test_key_of_unsent_answers_comes_with_the_page_and_is_the_same_after_the_next_sign_in(
    app: Flask, supplier: Supplier
):
    keys = []
    for _ in range(2):
        page = _phone(app).get(_section(supplier))
        assert page.headers["Cache-Control"] == "no-store"
        keys += re.findall(r'data-seal="([^"]+)"', page.text)

    assert len(keys) == 2 and keys[0] == keys[1]
    assert len(urlsafe_b64decode(keys[0] + "=")) == 32
    with app.app_context():
        assert browser_key(uuid4()) != keys[0], "another person has another key"
