"""The pages on which a supplier decides what one more buyer may see, and sees who can see what."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.supplier_engagement.responses.queries.responses import find_response
from tests.answering import EMAIL, Supplier, acting, ask, come_in, fill, receive_now
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world

REAL_NOW = datetime.now(UTC)


@stored_world
def first(app: Flask, tenant: Tenant) -> Supplier:
    with app.app_context():
        supplier = come_in(ask(tenant), at=REAL_NOW)
        fill(supplier, at=REAL_NOW)
        receive_now(supplier, at=REAL_NOW)
        return supplier


@stored_world
def second(app: Flask, first: Supplier, other_tenant: Tenant) -> Supplier:
    with app.app_context():
        return come_in(ask(other_tenant), at=REAL_NOW)


@pytest.fixture
def phone(app: Flask, second: Supplier) -> FlaskClient:
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    return client


def _response_id(app: Flask, supplier: Supplier) -> str:
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return str(row.id)


def _offer(second: Supplier) -> str:
    return f"/o/{second.slug}/sharing/{second.asked.assignment_id}/offer"


def _give(app: Flask, phone: FlaskClient, first: Supplier, second: Supplier, **changes: object):  # type: ignore[no-untyped-def]
    data = {
        "csrf_token": csrf_token(phone, _offer(second)),
        "source": _response_id(app, first),
        "section": ["C", "D"],
        "months": "6",
    }
    return phone.post(_offer(second), data={**data, **changes})


def test_sections_are_ticked_filled_and_listed_and_a_consent_is_taken_back(
    app: Flask, phone: FlaskClient, first: Supplier, second: Supplier
):
    overview = phone.get(f"/o/{second.slug}/responses/{second.asked.assignment_id}/")
    assert _offer(second) in overview.text
    assert "Given on" in phone.get(_offer(second)).text

    assert _give(app, phone, first, second).status_code == 302
    listed = phone.get(f"/o/{second.slug}/sharing/").text
    assert listed.count("This buyer sees it once you send it, until") == 2
    assert "Sees your answers since" in listed
    assert "Nothing was sent" in listed
    section = phone.get(f"/o/{second.slug}/responses/{second.asked.assignment_id}/C").text
    assert "to another buyer: 10" in section

    end = re.search(r'href="([^"]+/end)"', listed)
    assert end is not None
    asked = phone.get(end[1])
    assert "Shall this buyer see these answers no longer?" in asked.text
    phone.post(end[1], data={"csrf_token": csrf_token(phone, end[1])})
    ended = phone.get(f"/o/{second.slug}/sharing/").text
    assert ": this buyer does not see it." in ended
    assert "This one may see it" not in ended


def test_nothing_ticked_or_a_strange_source_is_told_in_words(
    app: Flask, phone: FlaskClient, first: Supplier, second: Supplier
):
    unticked = _give(app, phone, first, second, section=[])
    assert unticked.status_code == 422
    assert '<a href="#sections-1">Tick the sections that may be seen.</a>' in unticked.text
    assert 'id="sections-1-error">Tick the sections' in unticked.text
    assert _give(app, phone, first, second, section=[], source="x").status_code == 422
    assert _give(app, phone, first, second, section=["gone"]).status_code == 404
    assert _give(app, phone, first, second, source="x").status_code == 404
    assert "1 to 12 months" in _give(app, phone, first, second, months="99").text


def test_answers_that_are_sent_cannot_be_offered(
    app: Flask, phone: FlaskClient, first: Supplier, second: Supplier
):
    address = f"/o/{first.slug}/sharing/{first.asked.assignment_id}/offer"
    assert phone.get(address).status_code == 302


def test_the_receiving_buyer_reads_the_day_and_never_the_first_buyer(
    app: Flask, phone: FlaskClient, first: Supplier, second: Supplier, other_tenant: Tenant
):
    _give(app, phone, first, second)
    with app.app_context():
        fill(second, at=REAL_NOW)
        receive_now(second, at=REAL_NOW)
    desk = signed_in_client(app, other_tenant, RoleId.SUSTAINABILITY_MANAGER)
    page = desk.get(f"/o/other/questionnaires/assignments/{second.asked.assignment_id}/review")
    assert "Given earlier, to another buyer" in page.text
    assert "shown until" in page.text
    assert "Acme" not in page.text
