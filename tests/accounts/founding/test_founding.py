"""Organisations founded in the browser: a link by mail, then the organisation and its founder."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.accounts.founding import services
from ddplatform.accounts.founding.models import FirstRun
from ddplatform.accounts.organisations.models import Invitation, User
from ddplatform.accounts.organisations.queries import (
    get_membership,
    get_organisation_by_slug,
    get_person,
    get_user_by_email,
    list_people,
)
from ddplatform.accounts.organisations.services import people
from ddplatform.audit.models import AuditEvent
from ddplatform.config import SignUp
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token
from tests.founding import EMAIL, companies, found, let, link_for, send_mails, sign_up


@pytest.fixture
def open_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An installation whose sign-up page is open to everybody."""
    let(app, SignUp.OPEN, monkeypatch)
    return app


def test_a_stranger_founds_an_organisation_with_a_link_by_mail_and_lands_on_the_first_steps(
    open_app: Flask,
):
    client = open_app.test_client()
    sign_up(client)
    (link,) = send_mails(open_app)

    status, start = found(client, link)

    (organisation,) = companies(open_app)
    assert (status, start) == (302, f"/o/{organisation.slug}/first-steps/")
    assert client.get(start).status_code == 200
    assert (organisation.name, organisation.country) == ("Maison Cacao", "FR")
    with open_app.app_context(), acting_in(organisation.id):
        (founder,) = list_people()
        assert (founder.email, founder.role_id) == (EMAIL, RoleId.ADMIN_MANAGER)
        assert db.session.scalars(select(FirstRun.sector_ref)).all() == ["food_processing"]
        told = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)).all()
        assert told == ["organisation:found", "person:join"]


def test_a_person_with_an_account_keeps_the_password_and_signs_in_to_begin(
    open_app: Flask, tenant: Tenant
):
    email = tenant.email(RoleId.ANALYST)
    link = link_for(open_app, email)
    client = open_app.test_client()

    assert "New password" not in client.get(link).text
    status, leads_to = found(client, link, password="another one altogether", again="another")

    assert status == 302 and leads_to.startswith("/sign-in?next=")
    assert client.get(f"/o/{tenant.slug}/").status_code == 302
    form = {"email": email, "password": PASSWORD, "csrf_token": csrf_token(client, leads_to)}
    start = client.post(leads_to, data=form).headers["Location"]
    assert client.get(start).status_code == 200


def test_every_fault_of_the_form_stands_at_its_field_and_the_link_works_on(open_app: Flask):
    link, client = link_for(open_app), open_app.test_client()

    status, page = found(
        client, link, name="Win at www.prize.example", country="", password="short", again="short"
    )

    assert status == 422
    assert "Choose a country." in page and 'value="Ama Mensah"' in page
    status, page = found(
        client, link, name="Win at www.prize.example", password="short", again="short"
    )
    assert status == 422
    assert "without a web or e-mail address" in page
    assert "Use at least 15 characters" in page
    assert companies(open_app) == []
    assert found(client, link)[0] == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"country": "XX"}, "country"),
        ({"sector_ref": "no such sector"}, "sector_ref"),
        ({"person": " "}, "person"),
        ({"person": "Win at www.prize.example"}, "person"),
    ],
)
def test_nothing_is_founded_with_a_field_that_breaks_a_rule(
    context: Flask, change: dict[str, str], field: str
):
    wanted = replace(services.Wanted(name="Cacao", country="FR", person="Ama"), password=PASSWORD)
    with unit_of_work():
        services.ask_link(EMAIL, at=NOW)
    with across_tenants():
        (link,) = db.session.scalars(select(Invitation)).all()

    with acting_in(link.organisation_id), pytest.raises(Invalid) as refused:
        services.found(link, replace(wanted, **change), at=NOW)  # type: ignore[arg-type]

    assert set(refused.value.fields) == {field}
    assert link.used_at is None and companies(context) == []


def test_a_link_founds_once_and_says_afterwards_how_to_go_on(open_app: Flask):
    link = link_for(open_app)
    assert found(open_app.test_client(), link)[0] == 302

    again = open_app.test_client().get(link)

    assert again.status_code == 404
    assert "Did you set up your organisation with it before? Then sign in" in again.text
    assert len(companies(open_app)) == 1


def test_a_newer_mail_replaces_the_link_of_an_earlier_one(open_app: Flask):
    earlier = link_for(open_app)
    newer = link_for(open_app)

    assert open_app.test_client().get(earlier).status_code == 404
    assert open_app.test_client().get(newer).status_code == 200


def test_a_link_of_the_sign_up_page_works_for_a_day(context: Flask):
    with unit_of_work():
        services.ask_link(EMAIL, at=NOW)
    with across_tenants():
        (made,) = db.session.scalars(select(Invitation)).all()

    assert made.expires_at == NOW + timedelta(hours=24)


def test_an_expired_link_leads_to_a_new_one(open_app: Flask):
    link = link_for(open_app)
    with open_app.app_context(), across_tenants(), unit_of_work():
        (made,) = db.session.scalars(select(Invitation)).all()
        made.expires_at = datetime.now(UTC) - timedelta(minutes=1)

    page = open_app.test_client().get(link)

    assert page.status_code == 404
    assert "Ask for a new link" in page.text


def test_by_invitation_only_the_operator_sends_links(app: Flask):
    client = app.test_client()
    page = client.get("/sign-up")
    done = app.test_cli_runner().invoke(
        args=["organisations", "invite-founder", "--email", EMAIL, "--json"]
    )
    (link,) = send_mails(app)

    assert "by invitation" in page.text and "<form" not in page.text.split("<main")[1]
    assert done.exit_code == 0, done.output
    assert found(client, link)[0] == 302


def test_the_operator_is_told_of_a_closed_account_and_of_what_is_no_address(
    app: Flask, tenant: Tenant
):
    closed = tenant.email(RoleId.ANALYST)
    with app.app_context(), unit_of_work():
        user = get_user_by_email(closed)
        assert user is not None
        user.is_active = False

    for email, told in ((closed, "account of this address is closed"), ("ama", "not an e-mail")):
        refused = app.test_cli_runner().invoke(
            args=["organisations", "invite-founder", "--email", email]
        )
        assert refused.exit_code == 1 and told in refused.output

    assert send_mails(app) == []


def test_off_closes_the_page_the_command_and_links_that_are_out(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    app.test_cli_runner().invoke(args=["organisations", "invite-founder", "--email", EMAIL])
    (link,) = send_mails(app)
    let(app, SignUp.OFF, monkeypatch)

    refused = app.test_cli_runner().invoke(
        args=["organisations", "invite-founder", "--email", EMAIL]
    )

    assert refused.exit_code == 1 and "SIGN_UP is off" in refused.output
    assert app.test_client().get("/sign-up").status_code == 404
    assert app.test_client().get(link).status_code == 404


def test_a_founder_leaves_only_once_somebody_else_keeps_the_organisation(open_app: Flask):
    client = open_app.test_client()
    slug = found(client, link_for(open_app))[1].split("/")[2]
    with open_app.app_context(), acting_in(get_organisation_by_slug(slug).id):
        (person,) = list_people()
    page = f"/o/{slug}/people/{person.user_id}/remove"

    answer = client.post(page, data={"csrf_token": csrf_token(client, page)})

    assert answer.status_code == 409
    assert "Invite another administrator first" in answer.text


def test_who_takes_over_can_take_the_founder_out(context: Flask):
    with unit_of_work():
        services.ask_link(EMAIL, at=NOW)
        log = get_organisation_by_slug("installation")
        with acting_in(log.id):
            (link,) = db.session.scalars(select(Invitation)).all()
            wanted = services.Wanted(
                name="Maison Cacao", country="FR", person="Ama", password=PASSWORD
            )
            made = services.found(link, wanted, at=NOW)
            db.session.flush()
    with unit_of_work(), acting_in(made.organisation.id):
        founder = get_membership(get_person(made.user.id).membership_id)
        other = people.add_person(
            email="eve@cacao.example",
            name="Eve",
            role=RoleId.ADMIN,
            password=PASSWORD,
            act=Act(services.system_identity(made.organisation.id), NOW),
        )
        by = replace(
            services.system_identity(made.organisation.id), user_id=other.id, role_id=RoleId.ADMIN
        )
        people.remove_person(founder, act=Act(by, NOW))
    with acting_in(made.organisation.id), pytest.raises(Conflict, match="last administrator"):
        people.remove_person(
            get_membership(get_person(other.id).membership_id),
            act=Act(replace(by, user_id=made.user.id), NOW),
        )
    assert db.session.scalar(select(func.count()).select_from(User)) == 2
