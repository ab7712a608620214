"""Names of organisations: what is refused to everybody, and who is told of a name like another."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.accounts.organisations.services.invitations import give_link
from ddplatform.accounts.organisations.services.organisations import (
    found_organisation,
    rename_organisation,
)
from ddplatform.accounts.organisations.services.people import invite
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.answering import ask
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, make_tenant, signed_in_client

CYRILLIC_ACME = "АСМЕ"
MARK = "Look closely at the name"
GUEST = "guest@other-firm.example"


def rename(tenant: Tenant, name: str) -> None:
    with unit_of_work(), acting_in(tenant.id):
        act = Act(tenant[RoleId.ADMIN], NOW)
        rename_organisation(get_organisation(tenant.id), name=name, act=act)


def invited_page(app: Flask, tenant: Tenant, email: str) -> str:
    """The page behind the link of an invitation, for the one who was invited."""
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        act = Act(tenant[RoleId.ADMIN], NOW)
        made = invite(email=email, name="Ama", role=RoleId.ANALYST, act=act)
        made.expires_at = made.expires_at + timedelta(days=36_500)
        link = give_link(made)
    return app.test_client().get("/invitation/" + link.rpartition("/")[2]).text


@pytest.fixture
def namesake(app: Flask, tenant: Tenant) -> Tenant:
    """Another organisation, whose name looks like that of the tenant."""
    with app.app_context():
        made = make_tenant("copy", at=NOW)
        rename(made, CYRILLIC_ACME)
    return made


def test_name_of_two_alphabets_is_refused_when_an_organisation_is_founded(context: Flask):
    with nobody(), unit_of_work(), pytest.raises(Invalid) as refused:
        found_organisation(name="Acmе", slug="acme-2", at=NOW)

    assert "several alphabets" in refused.value.fields["name"]


def test_invisible_sign_is_refused_on_the_page_of_the_name_and_what_was_typed_stays(
    app: Flask, tenant: Tenant
):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"
    data = {"name": "Ac\u200bme", "csrf_token": csrf_token(client, page)}
    answer = client.post(page, data=data)

    assert answer.status_code == 422
    assert "invisible sign" in answer.text
    assert "Ac\u200bme" in answer.text


def test_refusal_never_hangs_on_the_names_of_others(context: Flask, tenant: Tenant):
    with nobody(), unit_of_work():
        found = found_organisation(name=CYRILLIC_ACME, slug="acme-3", at=NOW)
        again = found_organisation(name="Acme", slug="acme-4", at=NOW)

    assert (found.name, again.name) == (CYRILLIC_ACME, "Acme")


def test_who_was_invited_by_one_is_told_when_another_of_its_looks_invites(
    app: Flask, tenant: Tenant, namesake: Tenant
):
    assert MARK not in invited_page(app, tenant, GUEST)

    page = invited_page(app, namesake, GUEST)
    assert MARK in page
    assert "This is a different one." in page


def test_member_of_one_is_told_when_another_of_its_looks_invites(
    app: Flask, tenant: Tenant, namesake: Tenant
):
    assert MARK in invited_page(app, namesake, tenant.email(RoleId.ANALYST))


def test_stranger_to_the_other_one_learns_nothing_of_it(app: Flask, namesake: Tenant):
    assert MARK not in invited_page(app, namesake, GUEST)


def test_other_names_carry_no_mark(app: Flask, tenant: Tenant, other_tenant: Tenant):
    invited_page(app, tenant, GUEST)

    assert MARK not in invited_page(app, other_tenant, GUEST)


@pytest.mark.usefixtures("pages_of_that_day")
def test_supplier_who_was_asked_by_one_is_told_on_the_page_of_the_other(
    app: Flask, tenant: Tenant, namesake: Tenant
):
    with app.app_context():
        ask(tenant)
        asked = ask(namesake)
        with unit_of_work(), acting_in(namesake.id):
            made = db.session.scalar(
                select(Invitation).where(Invitation.assignment_id == asked.assignment_id)
            )
            link = give_link(made)
    page = app.test_client().get("/respond/" + link.rpartition("/")[2])

    assert page.status_code == 200
    assert MARK in page.text
