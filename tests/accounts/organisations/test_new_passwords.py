"""New passwords are held against the most used ones and the names around a person, everywhere."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.organisations.queries import get_organisation, get_user
from ddplatform.accounts.organisations.services.organisations import rename_organisation
from ddplatform.accounts.organisations.services.people import request_reset
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.accounts.organisations.test_links import do_all_jobs, invite_analyst, last_mail, link_in
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

OF_NAMES = "maison-cacao-2026"
GOOD = "seven wet umbrellas hum"
ADVICE = "Choose four or more words that have nothing to do with one another."


@pytest.fixture
def company(app: Flask, tenant: Tenant) -> Tenant:
    """The organisation under a name that people put into passwords."""
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        act = Act(tenant[RoleId.ADMIN], datetime.now(UTC))
        rename_organisation(get_organisation(tenant.id), name="Maison Cacao", act=act)
    return tenant


def send(client: FlaskClient, page: str, password: str, **more: str) -> tuple[int, str]:
    data = {"password": password, "again": password, **more}
    answer = client.post(page, data={**data, "csrf_token": csrf_token(client, page)})
    return answer.status_code, answer.text


def test_joining_by_invitation_refuses_the_name_of_the_organisation(app: Flask, company: Tenant):
    link, client = invite_analyst(app, company), app.test_client()
    status, page = send(client, link, OF_NAMES, name="Amélie")

    assert status == 422
    assert "names that others know" in page
    assert ADVICE in page
    assert send(client, link, GOOD, name="Amélie")[0] == 302


def test_new_password_by_a_link_refuses_names_of_every_organisation_of_the_person(
    app: Flask, company: Tenant
):
    with app.app_context(), unit_of_work():
        request_reset(company.email(RoleId.ANALYST), at=datetime.now(UTC))
    do_all_jobs(app)
    link, client = link_in(last_mail(app)), app.test_client()

    assert send(client, link, OF_NAMES)[0] == 422
    assert send(client, link, "waymark waymark")[0] == 422
    assert send(client, link, GOOD)[0] == 302


@pytest.mark.parametrize(
    ("password", "words"),
    [
        (OF_NAMES, "names that others know"),
        ("passwordpassword1", "most used passwords"),
        ("123456789012345", "repeated or consecutive characters"),
        ("aaaaaaaaaaaaaaa", "repeated or consecutive characters"),
        ("four words", "at least 15 characters"),
    ],
)
def test_change_of_password_says_what_is_wrong_and_how_to_choose(
    app: Flask, company: Tenant, password: str, words: str
):
    client = signed_in_client(app, company, RoleId.ANALYST)
    status, page = send(client, "/account/password", password, current=PASSWORD)

    assert status == 422
    assert words in page
    assert ADVICE in page


def test_password_of_two_hundred_characters_and_any_script_is_taken(app: Flask, company: Tenant):
    client = signed_in_client(app, company, RoleId.ANALYST)
    long = "sept parapluies mouillés 七把湿伞 " * 7
    assert len(long) > 180

    assert send(client, "/account/password", long, current=PASSWORD)[0] == 302
    # As received: neither shortened nor spelt anew.
    assert send(client, "/account/password", GOOD, current=long[:-1])[0] == 422
    assert send(client, "/account/password", GOOD, current=long)[0] == 302


def test_command_refuses_what_the_pages_refuse(app: Flask, company: Tenant):
    options = ["--organisation", company.slug, "--role", "analyst", "--password-stdin"]
    run = app.test_cli_runner()

    def add(password: str) -> tuple[int, str]:
        person = ["--email", "new@acme.example", "--name", "Ama Mensah"]
        command = ["organisations", "add-person", *options, *person]
        result = run.invoke(args=command, input=f"{password}\n")
        return result.exit_code, result.output

    refused = add("Ama Mensah Ama Mensah 1990")

    assert refused[0] != 0
    assert "names that others know" in refused[1]
    assert add(GOOD)[0] == 0


def test_refused_password_changes_nothing(app: Flask, company: Tenant):
    user_id = company[RoleId.ANALYST].user_id
    assert user_id is not None
    with app.app_context():
        before = get_user(user_id).password_hash
    client = signed_in_client(app, company, RoleId.ANALYST)
    send(client, "/account/password", OF_NAMES, current=PASSWORD)

    with app.app_context():
        assert get_user(user_id).password_hash == before
