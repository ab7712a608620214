"""Whom a supplier asks for help: on every page, in every mail, on the receipt."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_help_contact, get_organisation
from ddplatform.accounts.organisations.services import invitations
from ddplatform.accounts.organisations.services.organisations import set_help_contact
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.requests.services.reminders import send_reminder
from ddplatform.supplier_engagement.requests.services.requests import invite
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.submission.services import next_steps
from tests.answering import EMAIL, Supplier, acting, ask, come_in, mails
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

DESK, MAIL, PHONE = "Supplier help desk", "help@acme.example", "+44 20 7946 0000"


def _phone(app: Flask) -> FlaskClient:
    client = app.test_client()
    data = {"email": EMAIL, "password": PASSWORD, "csrf_token": csrf_token(client, "/sign-in")}
    assert client.post("/sign-in", data=data).status_code == 302
    return client


def _state_desk(app: Flask, tenant: Tenant) -> None:
    admin = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"
    data = {"name": "Acme", "help_name": DESK, "help_email": MAIL, "help_phone": PHONE}
    answer = admin.post(page, data={**data, "csrf_token": csrf_token(admin, page)})
    assert answer.status_code == 302, answer.text
    assert DESK in admin.get(page).text


def test_who_helps_stands_on_every_page_of_the_supplier(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    _state_desk(app, tenant)
    client, home = _phone(app), f"/o/{supplier.slug}/responses"
    base = f"{home}/{supplier.asked.assignment_id}"

    for page in (f"{base}/", f"{base}/A", f"{base}/check", f"{home}/help"):
        text = unescape(client.get(page).text)
        assert DESK in text, page
        assert f'href="mailto:{MAIL}"' in text
        assert 'href="tel:+442079460000"' in text
        assert f'href="{home}/help"' in text
    for page in (f"{home}/", f"/o/{supplier.slug}/findings/my-actions"):
        assert f'href="{home}/help"' in client.get(page).text
    text = unescape(client.get(f"{home}/help").text)
    assert text.count(DESK) == 1
    assert "If a child is in danger now" in text


def test_without_a_help_desk_the_person_who_invited_is_named(
    app: Flask, tenant: Tenant, supplier: Supplier
):
    text = _phone(app).get(f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/").text

    assert tenant.manager.name in text
    assert tenant.email(RoleId.SUSTAINABILITY_MANAGER) in text


def test_where_nobody_is_left_the_organisation_itself_is_named(context: Flask, tenant: Tenant):
    with unit_of_work():
        left = db.session.get_one(User, tenant.manager.user_id)
        left.is_active = False

    for inviter in (tenant.manager.user_id, None):
        found = get_help_contact(tenant.id, inviter)
        assert found.line == "Acme"


def test_invitation_reminder_and_receipt_name_who_helps(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        set_help_contact(
            get_organisation(tenant.id),
            name=DESK,
            email=MAIL,
            phone="",
            act=Act(tenant.manager, NOW),
        )
        invitation = invite(get_assignment(asked.assignment_id), act=Act(tenant.manager, NOW))
        invitations.send(invitation.id, at=NOW)
    line = f"{DESK} (Acme), {MAIL}"
    assert line in mails()[-1]
    supplier = come_in(asked)
    with acting(tenant.id):
        send_reminder(asked.assignment_id)
    assert line in mails()[-1]
    with acting(supplier.id):
        assert line in next_steps(get_request(asked.assignment_id))[-1]


@pytest.mark.parametrize(
    ("name", "email", "field"), [(DESK, "", "help_email"), ("", MAIL, "help_name")]
)
def test_help_contact_needs_a_name_and_a_way_to_be_reached(
    context: Flask, tenant: Tenant, name: str, email: str, field: str
):
    with acting_in(tenant.id), unit_of_work(), pytest.raises(Invalid) as refused:
        set_help_contact(
            get_organisation(tenant.id),
            name=name,
            email=email,
            phone="",
            act=Act(tenant.manager, NOW),
        )
    assert list(refused.value.fields) == [field]


def test_settings_say_at_the_field_what_is_wrong_with_the_help_contact(app: Flask, tenant: Tenant):
    admin = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"
    for wrong, words in (
        ({"help_name": DESK}, "Enter an e-mail address or a phone number."),
        ({"help_name": DESK, "help_phone": "call me"}, "Write digits"),
    ):
        data = {"name": "Acme", **wrong, "csrf_token": csrf_token(admin, page)}
        answer = admin.post(page, data=data)
        assert answer.status_code == 422
        assert words in answer.text
