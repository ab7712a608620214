"""Second factors as an organisation asks for them, and the ways out for who lost theirs."""

import json
from html import escape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisation_factors.proof import IdentityProof, Way
from ddplatform.accounts.organisation_factors.services import (
    remove_factor_of_colleague,
    require_factor_of,
)
from ddplatform.accounts.organisations.queries import get_organisation, get_person
from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.accounts.second_factor.queries import has_factor
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from tests.accounts.organisations.test_links import do_all_jobs, last_mail
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client, signed_in_on_page
from tests.second_factors import (
    SET_UP,
    ask_factor_of,
    hidden,
    kept_in,
    key_on,
    let_minutes_pass,
    pass_password,
    send_confirmation,
    set_up,
    shown_by,
    user_id_of,
    with_phone,
)

ADMIN, ANALYST, OFFICER = RoleId.ADMIN, RoleId.ANALYST, RoleId.SAFEGUARDING_OFFICER
POLICY = "/o/acme/settings/second-factor"
SEEN = {"way": "in-person"}
REMOVE = ["second-factor", "remove", "--email"]


def of_colleague(tenant: Tenant, role: RoleId) -> str:
    return f"/o/{tenant.slug}/people/{tenant[role].user_id}/second-factor"


@pytest.mark.parametrize("role", [ADMIN, RoleId.AUDITOR, RoleId.SUPPLIER])
def test_no_role_needs_a_factor_until_the_organisation_says_so(
    app: Flask, tenant: Tenant, role: RoleId
):
    assert signed_in_client(app, tenant, role).get("/account").status_code == 200


@pytest.mark.parametrize("role", list(ROLES))
def test_who_must_have_one_is_led_to_set_it_up_and_reaches_nothing_else(
    app: Flask, tenant: Tenant, role: RoleId
):
    ask_factor_of(app, tenant, role)
    client = signed_in_on_page(app, tenant, role)

    for page in ("/", "/account", "/account/password", "/organisations", f"/o/{tenant.slug}/"):
        answer = client.get(page)
        assert answer.status_code == 302, page
        assert answer.location.startswith(f"{SET_UP}?next="), page
    shown = client.get(SET_UP)

    assert shown.status_code == 200
    assert "your organisation asks for a second factor" in shown.text


def test_who_set_it_up_goes_on_to_the_page_that_was_asked_for(app: Flask, tenant: Tenant):
    ask_factor_of(app, tenant, ADMIN)
    client = signed_in_client(app, tenant, ADMIN)
    led = client.get("/o/acme/people/").location
    page = client.get(led).text

    done = set_up(client)

    assert led == f"{SET_UP}?next=/o/acme/people/"
    assert key_on(page)
    assert done.status_code == 200
    assert client.get("/o/acme/people/").status_code == 200


def test_other_roles_work_on(app: Flask, tenant: Tenant, other_tenant: Tenant):
    ask_factor_of(app, tenant, ADMIN, RoleId.ADMIN_MANAGER)

    assert signed_in_client(app, tenant, ANALYST).get("/o/acme/").status_code == 200
    assert signed_in_client(app, other_tenant, ADMIN).get("/o/other/").status_code == 200


def test_form_that_was_sent_before_the_set_up_is_kept_and_goes_on(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ADMIN)
    form = "/o/acme/people/invite"
    token = csrf_token(client, form)
    ask_factor_of(app, tenant, ADMIN)

    asked = client.post(form, data={"csrf_token": token, "name": "Ama", "email": "a@acme.example"})
    code = set_up_with(client, asked.text)

    assert asked.status_code == 401
    assert kept_in(asked.text)["kept:name"] == "Ama"
    assert f'action="{form}"' in code
    assert 'name="email" value="a@acme.example"' in code


def set_up_with(client: FlaskClient, page: str) -> str:
    """Confirm the app of a page that carries a form along."""
    data = {"csrf_token": hidden(page, "csrf_token"), "offer": hidden(page, "offer")}
    code = shown_by(key_on(page))
    return client.post(SET_UP, data={**data, **kept_in(page), "code": code}).text


def test_set_up_asks_first_who_sits_there_when_the_sign_in_is_old(app: Flask, tenant: Tenant):
    ask_factor_of(app, tenant, ADMIN)
    client = signed_in_client(app, tenant, ADMIN)
    let_minutes_pass(app, 16)

    asked = client.get(SET_UP)
    send_confirmation(client)

    assert asked.location == f"/account/confirm?next={SET_UP}"
    assert client.get(SET_UP).status_code == 200


def test_who_must_set_it_up_may_sign_out(app: Flask, tenant: Tenant):
    ask_factor_of(app, tenant, ADMIN)
    client = signed_in_client(app, tenant, ADMIN)

    answer = client.post("/sign-out", data={"csrf_token": csrf_token(client, SET_UP)})

    assert answer.location == "/sign-in"


def test_administrator_chooses_the_roles_and_the_settings_name_them(app: Flask, tenant: Tenant):
    with_phone(app, tenant, ADMIN)
    client = signed_in_client(app, tenant, ADMIN)
    data = {"roles": ["admin", "auditor"], "csrf_token": csrf_token(client, POLICY)}

    answer = client.post(POLICY, data=data)

    assert answer.location == "/o/acme/settings/"
    assert "Needed in these roles: Administrator, Auditor." in client.get(answer.location).text
    assert signed_in_client(app, tenant, RoleId.AUDITOR).get("/o/acme/").status_code == 302
    assert actions(app)[-1] == "organisation:ask_second_factor"


def test_roles_are_given_up_again_and_the_same_choice_is_no_change(app: Flask, tenant: Tenant):
    ask_factor_of(app, tenant, ANALYST)
    ask_factor_of(app, tenant, ANALYST)
    ask_factor_of(app, tenant)

    assert actions(app).count("organisation:ask_second_factor") == 2
    assert signed_in_client(app, tenant, ANALYST).get("/o/acme/").status_code == 200


def test_recommended_roles_are_marked_and_none_is_chosen_beforehand(app: Flask, tenant: Tenant):
    page = signed_in_client(app, tenant, ADMIN).get(POLICY).text

    assert page.count("<small>Recommended</small>") == 4
    assert " checked" not in page


@pytest.mark.parametrize("role", [ANALYST, OFFICER, RoleId.SUPPLIER])
def test_only_who_keeps_the_settings_chooses_roles_and_removes_factors(
    app: Flask, tenant: Tenant, role: RoleId
):
    client = signed_in_client(app, tenant, role)

    assert client.get(POLICY).status_code == 403
    assert client.get(of_colleague(tenant, ADMIN)).status_code == 403


def test_administrator_sees_who_has_a_factor_and_others_do_not(app: Flask, tenant: Tenant):
    with_phone(app, tenant, ANALYST)

    seen = signed_in_client(app, tenant, ADMIN).get("/o/acme/people/").text
    hidden_from = signed_in_client(app, tenant, ANALYST).get("/o/acme/people/").text

    assert seen.count("Second factor") == 1
    assert of_colleague(tenant, ANALYST) in seen
    assert "Second factor" not in hidden_from


def test_administrator_removes_the_lost_factor_of_a_colleague_who_is_told(
    app: Flask, tenant: Tenant
):
    with_phone(app, tenant, ANALYST)
    elsewhere = signed_in_client(app, tenant, ANALYST)
    client, page = signed_in_client(app, tenant, ADMIN), of_colleague(tenant, ANALYST)

    answer = client.post(page, data={"csrf_token": csrf_token(client, page), **SEEN})
    do_all_jobs(app)
    _, signed_in = pass_password(app, tenant.email(ANALYST))

    assert answer.status_code == 302
    assert elsewhere.get("/o/acme/").status_code == 302
    assert signed_in.location == "/"
    assert "second_factor:remove_of_colleague" in actions(app)
    mail = last_mail(app)
    assert f"To: {tenant.email(ANALYST)}" in mail
    assert "An administrator of your organisation" in mail


@pytest.mark.parametrize(
    ("role", "words"),
    [(OFFICER, "guards cases of children"), (ADMIN, "your own second factor")],
)
def test_administrator_removes_neither_that_of_an_officer_nor_the_own_one_here(
    app: Flask, tenant: Tenant, role: RoleId, words: str
):
    with_phone(app, tenant, role)
    client, page = signed_in_client(app, tenant, ADMIN), of_colleague(tenant, role)

    answer = client.post(page, data={"csrf_token": csrf_token(client, page), **SEEN})

    assert answer.status_code == 409
    assert words in answer.text
    with app.app_context():
        assert has_factor(user_id_of(tenant, role))


def test_administrator_does_not_remove_what_guards_another_organisation_too(
    app: Flask, tenant: Tenant, other_tenant: Tenant
):
    with_phone(app, tenant, ANALYST)
    act = Act(other_tenant[ADMIN], NOW)
    with app.app_context(), unit_of_work(), acting_in(other_tenant.id):
        add_person(email=tenant.email(ANALYST), name="", role=ANALYST, password=PASSWORD, act=act)
    with app.app_context(), acting_in(other_tenant.id):
        person = get_person(user_id_of(tenant, ANALYST))
        with pytest.raises(Conflict, match="belongs to another organisation too"):
            remove_factor_of_colleague(person, proof=IdentityProof(Way.IN_PERSON), act=act)


def test_colleague_without_a_factor_has_none_to_remove(app: Flask, tenant: Tenant):
    client, page = signed_in_client(app, tenant, ADMIN), of_colleague(tenant, ANALYST)

    answer = client.post(page, data={"csrf_token": csrf_token(client, page), **SEEN})

    assert answer.status_code == 409
    assert "has no second factor" in answer.text


def test_people_of_another_organisation_answer_like_nobody(
    app: Flask, tenant: Tenant, other_tenant: Tenant
):
    with_phone(app, other_tenant, ANALYST)
    client = signed_in_client(app, tenant, ADMIN)

    assert client.get(of_colleague(tenant, ANALYST)).status_code == 200
    foreign = f"/o/acme/people/{user_id_of(other_tenant, ANALYST)}/second-factor"
    assert client.get(foreign).status_code == 404


def test_operator_removes_the_factor_of_an_officer_who_is_told(app: Flask, tenant: Tenant):
    with_phone(app, tenant, OFFICER)
    command = [*REMOVE, tenant.email(OFFICER), "--proof", "video-call", "--json"]

    done = app.test_cli_runner().invoke(args=command)
    again = app.test_cli_runner().invoke(args=command)
    do_all_jobs(app)

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["email"] == tenant.email(OFFICER)
    assert again.exit_code == 1
    assert "second_factor:remove_by_operator" in actions(app)
    assert f"To: {tenant.email(OFFICER)}" in last_mail(app)
    assert pass_password(app, tenant.email(OFFICER))[1].location == "/"


def proofs(app: Flask) -> list[dict[str, str]]:
    """What the log keeps of how it was known who asked, one of each removal."""
    with app.app_context(), across_tenants():
        removals = select(AuditEvent).where(AuditEvent.action.startswith("second_factor:remove_"))
        values = [
            db.session.scalars(select(AuditValue).where(AuditValue.event_id == event.id)).all()
            for event in db.session.scalars(removals.order_by(AuditEvent.at))
        ]
        return [{one.name: one.value["after"] for one in found} for found in values]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"way": "in-person"}, {"identity_proof": "in-person"}),
        ({"way": "known-voice", "words": " "}, {"identity_proof": "known-voice"}),
        ({"way": "video-call"}, {"identity_proof": "video-call"}),
        (
            {"way": "other", "words": "Her manager stood beside her and called me."},
            {
                "identity_proof": "other",
                "identity_proof_words": "Her manager stood beside her and called me.",
            },
        ),
    ],
)
def test_how_the_administrator_knows_who_asks_stands_in_the_event_of_the_removal(
    app: Flask, tenant: Tenant, sent: dict[str, str], kept: dict[str, str]
):
    with_phone(app, tenant, ANALYST)
    client, page = signed_in_client(app, tenant, ADMIN), of_colleague(tenant, ANALYST)

    answer = client.post(page, data={"csrf_token": csrf_token(client, page), **sent})

    assert answer.status_code == 302
    assert proofs(app) == [kept]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Choose how you made sure who it is."),
        ({"way": "mail"}, "Not a valid choice"),
        ({"way": "other"}, "Describe in 10 to 200 characters"),
        ({"way": "other", "words": "Saw it.  "}, "Describe in 10 to 200 characters"),
        (
            {"way": "other", "words": "Her identity card C01X00T478 was shown."},
            "Leave out the number of the document.",
        ),
        (
            {"way": "other", "words": "She told me her birthday, 4 May 1988."},
            "Leave out the day",
        ),
        ({"way": "in-person", "words": "At the gate."}, "Leave this empty"),
    ],
)
def test_nothing_is_removed_before_it_is_said_how_it_is_known_who_asks(
    app: Flask, tenant: Tenant, sent: dict[str, str], told: str
):
    with_phone(app, tenant, ANALYST)
    client, page = signed_in_client(app, tenant, ADMIN), of_colleague(tenant, ANALYST)

    answer = client.post(page, data={"csrf_token": csrf_token(client, page), **sent})

    assert answer.status_code == 422
    assert told in answer.text
    assert escape(sent.get("words", "")) in answer.text
    assert proofs(app) == []
    with app.app_context():
        assert has_factor(user_id_of(tenant, ANALYST))


def test_operator_says_how_it_is_known_who_asks_and_the_log_of_the_installation_keeps_it(
    app: Flask, tenant: Tenant
):
    with_phone(app, tenant, OFFICER)
    email, call = tenant.email(OFFICER), app.test_cli_runner().invoke

    silent = call(args=[*REMOVE, email])
    by_mail = call(args=[*REMOVE, email, "--proof", "mail"])
    vague = call(args=[*REMOVE, email, "--proof", "other"])
    with app.app_context():
        stood = has_factor(user_id_of(tenant, OFFICER))
    done = call(args=[*REMOVE, email, "--proof", "other", "--words", "The director vouched."])

    assert [silent.exit_code, by_mail.exit_code, vague.exit_code] == [2, 2, 1]
    assert "Describe in 10 to 200 characters" in vague.stderr
    assert stood
    assert done.exit_code == 0, done.output
    assert proofs(app) == [
        {"identity_proof": "other", "identity_proof_words": "The director vouched."}
    ]


def test_operator_is_told_of_an_address_that_nobody_has(app: Flask, tenant: Tenant):
    command = [*REMOVE, "nobody@nowhere.example", "--proof", "in-person"]

    assert app.test_cli_runner().invoke(args=command).exit_code == 1


def test_roles_are_kept_in_order_and_each_once(context: Flask, tenant: Tenant):
    with unit_of_work(), acting_in(tenant.id):
        roles = [OFFICER, ADMIN, ADMIN]
        require_factor_of(get_organisation(tenant.id), roles, act=Act(tenant[ADMIN], NOW))

    assert get_organisation(tenant.id).second_factor_roles == ["admin", "safeguarding_officer"]
