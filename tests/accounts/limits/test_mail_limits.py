"""Mails that people cause: so many a day each organisation, so many an hour each sender."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit, count_mails, reserve_mails
from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.services.people import invite, request_reset
from ddplatform.config import MAIL_LIMITS, UnsafeSettings, read_settings
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import install
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, nobody
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from tests.answering import add_node, make_chain, saq_version
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Allow = Callable[..., None]

pytestmark = pytest.mark.usefixtures("windows_of_that_day")


@pytest.fixture
def allow(app: Flask) -> Allow:
    """Sets the limits of this test."""

    def to(**limits: int) -> None:
        install(replace(app.extensions["settings"], **limits))

    return to


def count(tenant: Tenant, number: int, *, role=RoleId.ANALYST, at=NOW) -> None:
    with unit_of_work(), acting_in(tenant.id):
        count_mails(number, act=Act(tenant[role], at))


def kept_invitations(tenant: Tenant) -> int:
    with acting_in(tenant.id):
        return db.session.scalar(select(func.count()).select_from(Invitation)) or 0


def test_sender_and_organisation_are_limited_each(context: Flask, tenant: Tenant, allow: Allow):
    allow(mails_per_hour=2, mails_per_day=3)
    count(tenant, 2)
    with pytest.raises(Invalid, match=r"is 2 an hour for each sender\. Left until .*: 0;"):
        count(tenant, 1)
    with pytest.raises(Invalid, match=r"is 3 a day for each organisation\. Left until .*: 1;"):
        count(tenant, 2, role=RoleId.ADMIN)
    count(tenant, 1, role=RoleId.ADMIN)


def test_hour_and_day_begin_anew(context: Flask, tenant: Tenant, allow: Allow):
    allow(mails_per_hour=2, mails_per_day=3)
    count(tenant, 2)
    count(tenant, 1, at=NOW + HOUR)
    with pytest.raises(Invalid, match="a day"):
        count(tenant, 1, at=NOW + 2 * HOUR)
    count(tenant, 2, at=NOW + DAY)


def test_supplier_may_send_fewer(context: Flask, tenant: Tenant, allow: Allow):
    allow(supplier_mails_per_hour=1, supplier_mails_per_day=2)
    count(tenant, 1, role=RoleId.SUPPLIER)
    with pytest.raises(Invalid, match="is 1 an hour"):
        count(tenant, 1, role=RoleId.SUPPLIER)
    count(tenant, 50)


def test_sixty_invitations_of_one_supplier_do_not_pass(context: Flask, tenant: Tenant):
    supplier, passed = tenant[RoleId.SUPPLIER], 0
    for number in range(60):
        with unit_of_work(), acting_in(tenant.id):
            try:
                email = f"p{number}@firm.example"
                invite(email=email, name="A", role=RoleId.SUPPLIER, act=Act(supplier, NOW))
                passed += 1
            except Invalid:
                pass

    assert passed == kept_invitations(tenant) == MAIL_LIMITS["supplier_mails_per_hour"]


def test_questionnaires_go_to_all_or_to_none(context: Flask, tenant: Tenant, allow: Allow):
    allow(mails_per_hour=2)
    chain_id = make_chain(tenant)
    nodes = [add_node(tenant, chain_id, f"Farm {number}") for number in range(3)]
    with unit_of_work(), acting_in(tenant.id):
        version = saq_version()
    sending = questionnaires.Sending(version_id=version, due_on=date(2099, 1, 31))
    addresses = {node: f"f{number}@coop.example" for number, node in enumerate(nodes)}
    said = pytest.raises(Invalid, match=r"this would send 3\. Nothing was sent\.")
    with said, unit_of_work(), acting_in(tenant.id):
        questionnaires.assign(sending, addresses, act=Act(tenant.analyst, NOW))
    assert kept_invitations(tenant) == 0

    addresses.pop(nodes[0])
    with unit_of_work(), acting_in(tenant.id):
        questionnaires.assign(sending, addresses, act=Act(tenant.analyst, NOW))
    assert kept_invitations(tenant) == 2


def test_campaign_takes_of_each_of_its_days_or_of_none(
    context: Flask, tenant: Tenant, allow: Allow
):
    allow(mails_per_day=10)
    today = NOW.date()

    def reserve(**waves: int) -> None:
        sizes = {today + timedelta(days=int(day[1:])): size for day, size in waves.items()}
        with unit_of_work(), acting_in(tenant.id):
            reserve_mails(sizes, act=Act(tenant.analyst, NOW))

    reserve(d0=6, d1=6)
    with pytest.raises(Invalid, match=r": 4; this would send 5"):
        reserve(d0=4, d1=5)
    reserve(d0=4, d1=4)
    count(tenant, 1, at=NOW + 2 * DAY)


def test_page_says_what_is_left_and_keeps_what_was_typed(app: Flask, tenant: Tenant, allow: Allow):
    allow(mails_per_hour=1)
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/people/invite"
    token, answers = csrf_token(client, page), []
    for name in ("first", "second"):
        data = {"email": f"{name}@acme.example", "name": "Ama", "role": RoleId.ANALYST.value}
        answers.append(client.post(page, data={**data, "csrf_token": token}))

    assert [answer.status_code for answer in answers] == [302, 422]
    assert "The limit of mails is 1 an hour for each sender. Left until" in answers[1].text
    assert 'value="second@acme.example"' in answers[1].text
    with app.app_context():
        assert kept_invitations(tenant) == 1


def test_links_for_passwords_are_limited_by_themselves(
    context: Flask, tenant: Tenant, allow: Allow, monkeypatch: pytest.MonkeyPatch
):
    allow(mails_per_hour=1, mails_per_day=1)
    monkeypatch.setattr(rate_limits, "RESET_EMAIL", Limit("few links", 2, 86_400))
    count(tenant, 1)
    for _ in range(4):
        with nobody(), unit_of_work():
            request_reset(tenant.email(RoleId.ANALYST), at=NOW)

    with across_tenants():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 2


@pytest.mark.parametrize("value", ["0", "-1", "many", "9" * 30, "1.5"])
def test_limit_that_is_no_number_stops_the_start(value: str, tmp_path):
    given = {"INSTANCE_PATH": str(tmp_path), "MAILS_PER_DAY": value}
    with pytest.raises(UnsafeSettings, match="MAILS_PER_DAY"):
        read_settings(given)


def test_limits_are_read_from_the_environment(tmp_path):
    given = {"MAILS_PER_DAY": "7", "SUPPLIER_MAILS_PER_HOUR": "3"}
    found = read_settings({"INSTANCE_PATH": str(tmp_path), **given})

    assert (found.mails_per_day, found.supplier_mails_per_hour) == (7, 3)
    assert found.mails_per_hour == MAIL_LIMITS["mails_per_hour"]
