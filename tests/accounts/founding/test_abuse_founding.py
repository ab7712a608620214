"""What robots, strangers and founders of other organisations may try at sign-up."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask

from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.accounts.organisations.services import people
from ddplatform.config import SignUp
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.answering import mails
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.founding import EMAIL, FOUNDER, companies, found, let, link_for, send_mails, sign_up


@pytest.fixture
def open_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An installation whose sign-up page is open to everybody."""
    let(app, SignUp.OPEN, monkeypatch)
    return app


def test_the_answer_is_the_same_whether_or_not_the_address_has_an_account(
    open_app: Flask, tenant: Tenant
):
    known = tenant.email(RoleId.ANALYST)

    answers = [
        sign_up(open_app.test_client(), email).replace(email, "ADDRESS")
        for email in (known, "nobody@elsewhere.example")
    ]

    plain = [re.sub(r'nonce="[^"]+"|value="[^"]+"', "", answer) for answer in answers]
    assert plain[0] == plain[1]
    assert len(send_mails(open_app)) == 2


@pytest.mark.both_databases
def test_a_link_used_twice_in_the_same_moment_founds_one_organisation(open_app: Flask):
    link = link_for(open_app)
    clients = [open_app.test_client() for _ in range(2)]
    tokens = [csrf_token(client, link) for client in clients]

    def use(place: int) -> int:
        data = {**FOUNDER, "csrf_token": tokens[place]}
        return clients[place].post(link, data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(use, range(2))) == [302, 404]
    assert len(companies(open_app)) == 1


@pytest.mark.both_databases
def test_two_organisations_of_one_name_founded_at_once_both_stand_and_do_not_meet(
    open_app: Flask,
):
    links = [link_for(open_app, email) for email in ("one@a.example", "two@b.example")]
    clients = [open_app.test_client() for _ in links]
    tokens = [csrf_token(client, link) for client, link in zip(clients, links, strict=True)]

    def use(place: int) -> str:
        data = {**FOUNDER, "csrf_token": tokens[place]}
        return clients[place].post(links[place], data=data).headers["Location"]

    with ThreadPoolExecutor(2) as pool:
        starts = list(pool.map(use, range(2)))

    assert {one.name for one in companies(open_app)} == {"Maison Cacao"}
    assert len({one.slug for one in companies(open_app)}) == 2
    assert [clients[place].get(starts[place]).status_code for place in (0, 1)] == [200, 200]
    assert [clients[place].get(starts[1 - place]).status_code for place in (0, 1)] == [404, 404]


def test_an_address_tells_nothing_of_others_of_the_same_name(open_app: Flask):
    for email in ("one@a.example", "two@b.example"):
        found(open_app.test_client(), link_for(open_app, email))

    first, second = (one.slug for one in companies(open_app))
    shape = r"maison-cacao-[0-9a-f]{8}"
    assert re.fullmatch(shape, first) and re.fullmatch(shape, second)


def test_a_robot_that_fills_the_hidden_field_gets_the_same_answer_and_no_mail(open_app: Flask):
    honest = sign_up(open_app.test_client(), "people@a.example")
    robot = sign_up(open_app.test_client(), "robots@a.example", website="http://spam.example")

    assert "A link is on its way" in honest and "A link is on its way" in robot
    assert len(send_mails(open_app)) == 1


def test_one_address_is_mailed_three_times_a_day_and_one_network_ten_times_an_hour(
    open_app: Flask,
):
    client = open_app.test_client()
    token = csrf_token(client, "/sign-up")

    def ask(email: str) -> int:
        return client.post("/sign-up", data={"email": email, "csrf_token": token}).status_code

    assert [ask(EMAIL) for _ in range(4)] == [200, 200, 200, 429]
    assert [ask(f"p{number}@a.example") for number in range(7)] == [*[200] * 6, 429]


def test_a_link_for_a_new_password_or_of_an_invitation_founds_nothing(
    open_app: Flask, tenant: Tenant
):
    client = open_app.test_client()
    email = tenant.email(RoleId.ANALYST)
    form = {"email": email, "csrf_token": csrf_token(client, "/forgotten-password")}
    client.post("/forgotten-password", data=form)
    with open_app.app_context(), acting_in(tenant.id), unit_of_work():
        people.invite(
            email="x@y.example",
            name="X",
            role=RoleId.ANALYST,
            act=Act(tenant[RoleId.ADMIN], datetime.now(UTC)),
        )
    send_mails(open_app)
    with open_app.app_context():
        sent = "\n".join(mails())
    tokens = re.findall(r"/(?:new-password|invitation)/([\w-]+)", sent)

    assert len(tokens) == 2
    assert [client.get(f"/found/{token}").status_code for token in tokens] == [404, 404]


def test_a_link_for_founding_opens_no_other_door(open_app: Flask):
    token = link_for(open_app).rpartition("/")[2]

    for path in ("/invitation/", "/new-password/", "/respond/"):
        assert open_app.test_client().get(path + token).status_code in (404, 410)


def test_a_founder_sees_nothing_of_others_and_nobody_sees_the_founder(
    open_app: Flask, tenant: Tenant
):
    founder = open_app.test_client()
    start = found(founder, link_for(open_app))[1]
    slug = start.split("/")[2]

    assert founder.get(f"/o/{tenant.slug}/").status_code == 404
    assert (
        founder.get(f"/o/{slug}/people/").text.count("@")
        and tenant.slug not in founder.get(f"/o/{slug}/people/").text
    )
    admin = signed_in_client(open_app, tenant, RoleId.ADMIN)
    assert admin.get(f"/o/{slug}/").status_code == 404
    assert EMAIL not in admin.get(f"/o/{tenant.slug}/people/").text


def test_an_account_that_was_closed_gets_no_link(open_app: Flask, tenant: Tenant):
    email = tenant.email(RoleId.ANALYST)
    with open_app.app_context(), unit_of_work():
        user = get_user_by_email(email)
        assert user is not None
        user.is_active = False

    sign_up(open_app.test_client(), email)

    assert send_mails(open_app) == []
