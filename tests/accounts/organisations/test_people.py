import json
from uuid import uuid4

import pytest
from flask import Flask

from ddplatform.accounts.organisations.queries import (
    get_membership,
    get_person,
    list_open_invitations,
)
from ddplatform.accounts.organisations.services import invitations
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.accounts.organisations.services.people import (
    add_person,
    change_role,
    invite,
    remove_person,
    send_again,
    withdraw_invitation,
)
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.answering import mails
from tests.conftest import NOW
from tests.factories import FAR_FUTURE, PASSWORD, Tenant, csrf_token, signed_in_client


def test_administrator_invites_and_the_open_invitation_is_listed(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/people/invite"
    data = {"name": "Ama", "email": "ama@acme.example", "role": "analyst"}

    answer = client.post(
        page, data={**data, "csrf_token": csrf_token(client, page)}, follow_redirects=True
    )

    assert answer.status_code == 200
    assert "ama@acme.example" in answer.text


def test_auditor_without_a_last_day_is_refused_at_that_field(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/people/invite"
    data = {"name": "Ama", "email": "ama@acme.example", "role": "auditor"}

    answer = client.post(page, data={**data, "csrf_token": csrf_token(client, page)})

    assert answer.status_code == 422
    assert "Auditor needs a last day of access." in answer.text
    assert 'value="Ama"' in answer.text


def test_manager_reads_the_people_but_may_not_invite(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    assert client.get(f"/o/{tenant.slug}/people/").status_code == 200
    assert client.get(f"/o/{tenant.slug}/people/invite").status_code == 403


def test_changing_a_role_ends_the_sessions_of_that_person_at_once(app: Flask, tenant: Tenant):
    admin = signed_in_client(app, tenant, RoleId.ADMIN)
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    page = f"/o/{tenant.slug}/people/{tenant.analyst.user_id}/role"

    answer = admin.post(page, data={"role": "supplier", "csrf_token": csrf_token(admin, page)})

    assert answer.status_code == 302
    assert analyst.get(f"/o/{tenant.slug}/").status_code == 302


def without_second_keeper(tenant: Tenant) -> None:
    """Leave the administrator alone in keeping people: who is both leads due diligence only."""
    with unit_of_work(), acting_in(tenant.id):
        both = get_membership(get_person(tenant[RoleId.ADMIN_MANAGER].user_id).membership_id)
        change_role(both, role=RoleId.ANALYST, act=Act(tenant[RoleId.ADMIN], NOW))


def test_nobody_changes_the_own_role_while_there_are_others_who_can(context: Flask, tenant: Tenant):
    admin = tenant[RoleId.ADMIN]
    with acting_in(tenant.id), pytest.raises(Conflict, match="own role"):
        own = get_membership(get_person(admin.user_id).membership_id)
        change_role(own, role=RoleId.ANALYST, act=Act(admin, NOW))


def test_nobody_changes_the_own_role_and_the_last_administrator_stays(
    context: Flask, tenant: Tenant
):
    without_second_keeper(tenant)
    with acting_in(tenant.id):
        admin = tenant[RoleId.ADMIN]
        membership = get_membership(get_person(admin.user_id).membership_id)
        with pytest.raises(Conflict, match="last administrator"):
            change_role(membership, role=RoleId.ANALYST, act=Act(admin, NOW))
        with pytest.raises(Conflict, match="last administrator"):
            remove_person(membership, act=Act(tenant.manager, NOW))


def test_member_is_not_added_a_second_time(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), pytest.raises(Conflict, match="is a member already"):
        add_person(
            email=tenant.email(RoleId.ANALYST),
            name="Analyst",
            role=RoleId.ADMIN,
            password=PASSWORD,
            act=Act(tenant.manager, NOW),
        )


def test_removed_person_is_gone_from_the_list(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/people/{tenant.analyst.user_id}/remove"

    answer = client.post(
        page, data={"name": "x", "csrf_token": csrf_token(client, page)}, follow_redirects=True
    )

    assert "is no longer a member" in answer.text
    assert tenant.email(RoleId.ANALYST) not in answer.text


def test_withdrawn_invitation_cannot_be_sent_again(context: Flask, tenant: Tenant):
    admin = tenant[RoleId.ADMIN]
    with acting_in(tenant.id), unit_of_work():
        invitation = invite(
            email="x@y.example",
            name="X",
            role=RoleId.AUDITOR,
            act=Act(admin, NOW),
            access_until=FAR_FUTURE,
        )
        send_again(invitation, act=Act(admin, NOW))
        withdraw_invitation(invitation, act=Act(admin, NOW))

    with acting_in(tenant.id):
        assert list_open_invitations() == []
        with pytest.raises(Conflict):
            send_again(invitation, act=Act(admin, NOW))


def test_invitation_is_sent_again_and_withdrawn_by_its_buttons(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        made = invite(
            email="x@y.example",
            name="X",
            role=RoleId.ANALYST,
            act=Act(tenant[RoleId.ADMIN], NOW),
        )
        address = f"/o/{tenant.slug}/people/invitations/{made.id}"
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    token = csrf_token(client, f"/o/{tenant.slug}/people/invite")

    assert client.post(f"{address}/again", data={"csrf_token": token}).status_code == 302
    assert client.post(f"{address}/withdraw", data={"csrf_token": token}).status_code == 302
    assert "x@y.example" not in client.get(f"/o/{tenant.slug}/people/").text


def test_organisation_is_renamed_and_keeps_its_address(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"

    answer = client.post(page, data={"name": "Acme Foods", "csrf_token": csrf_token(client, page)})

    assert answer.location == page
    assert "Acme Foods" in client.get(page).text


@pytest.mark.parametrize("slug", ["", "Two Words", "-x", "installation", "a" * 60])
def test_address_that_cannot_stand_in_a_link_is_refused(context: Flask, slug: str):
    with pytest.raises(Invalid):
        found_organisation(name="X", slug=slug, at=NOW)


def test_taken_address_is_refused(context: Flask, tenant: Tenant):
    with pytest.raises(Conflict):
        found_organisation(name="X", slug=tenant.slug, at=NOW)


def test_absent_person_is_not_found(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)

    assert client.get(f"/o/{tenant.slug}/people/{uuid4()}/role").status_code == 404


def _supplier_alone(app: Flask) -> Tenant:
    """The own organisation of a supplier: one person in the supplier's role, no administrator."""
    with app.app_context(), unit_of_work():
        home = found_organisation(name="Kanda Mills", slug="kanda", at=NOW)
        with acting_in(home.id):
            user = add_person(
                email="supplier@kanda.example",
                name="Kofi",
                role=RoleId.SUPPLIER,
                password=PASSWORD,
                act=Act(system_identity(home.id), NOW),
            )
        kofi = Identity(user.id, home.id, RoleId.SUPPLIER, "Kofi")
        return Tenant(home.id, home.slug, {RoleId.SUPPLIER: kofi})


def test_supplier_invites_a_colleague_who_gets_the_same_role_and_no_other(app: Flask):
    home = _supplier_alone(app)
    client = signed_in_client(app, home, RoleId.SUPPLIER)
    page = f"/o/{home.slug}/people/colleague"
    data = {"name": "Esi", "email": "Esi@Kanda.example", "role": "admin"}

    answer = client.post(
        page, data={**data, "csrf_token": csrf_token(client, page)}, follow_redirects=True
    )

    assert "An invitation is on its way" in answer.text
    with app.app_context(), acting_in(home.id):
        (open_one,) = list_open_invitations()
        assert (open_one.email, open_one.role) == ("esi@kanda.example", RoleId.SUPPLIER)
        invitations.send(open_one.id, at=open_one.created_at)
        assert "answer together what its buyers ask" in mails()[-1]


def test_colleague_who_is_there_already_is_not_invited_again(app: Flask):
    home = _supplier_alone(app)
    client = signed_in_client(app, home, RoleId.SUPPLIER)
    page = f"/o/{home.slug}/people/colleague"
    data = {"name": "Kofi", "email": "supplier@kanda.example"}

    answer = client.post(page, data={**data, "csrf_token": csrf_token(client, page)})

    assert answer.status_code == 409
    assert "is a member already" in answer.text


def test_where_there_is_an_administrator_the_supplier_role_invites_nobody(
    app: Flask, tenant: Tenant
):
    client = signed_in_client(app, tenant, RoleId.SUPPLIER)
    page = f"/o/{tenant.slug}/people/colleague"
    data = {"name": "Esi", "email": "esi@kanda.example"}

    answer = client.post(page, data={**data, "csrf_token": csrf_token(client, page)})

    assert answer.status_code == 409
    assert "has an administrator" in answer.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"country": "ZZ"}, "country"), ({"slug": "A b"}, "slug")],
)
def test_organisation_is_founded_with_a_name_and_a_known_country_only(
    context: Flask, wrong: dict[str, str], field: str
):
    given = {"name": "Kanda", "slug": "kanda", "country": "GH", **wrong}
    with pytest.raises(Invalid) as refused, nobody(), unit_of_work():
        found_organisation(**given, at=NOW)

    assert refused.value.fields.keys() == {field}


@pytest.mark.parametrize("country", ["gh", "GHA", "Ghana"])
def test_country_of_an_organisation_is_kept_as_its_code(context: Flask, country: str):
    with nobody(), unit_of_work():
        made = found_organisation(name=" Kanda ", slug="kanda", country=country, at=NOW)

        assert (made.name, made.country) == ("Kanda", "GH")


@pytest.mark.parametrize("email", ["nobody", "a@b", "a b@c.example", "", "a@@b.example"])
def test_person_is_added_with_an_address_only(app: Flask, tenant: Tenant, email: str):
    options = ["--organisation", tenant.slug, "--role", "analyst", "--password-stdin", "--json"]
    done = app.test_cli_runner().invoke(
        args=["organisations", "add-person", "--email", email, *options],
        input="four plain random words\n",
    )

    assert done.exit_code == 1
    assert "email" in json.loads(done.stdout)["error"]["fields"]
