"""What strangers and thieves of links, sessions and mailboxes may try."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Invitation, UserSession
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.organisations.services import invitations, new_passwords, people
from ddplatform.accounts.sign_in.services import account as accounts
from ddplatform.infrastructure import gate
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from tests import answering
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

NEW_PASSWORD = "quite other words now"


def reset_links(app: Flask, email: str, count: int) -> list[str]:
    """That many links for a new password, each from its own mail."""
    now = datetime.now(UTC)
    with app.app_context():
        for _ in range(count):
            with unit_of_work():
                people.request_reset(email, at=now)
        with across_tenants():
            asked = db.session.execute(
                select(Invitation.id, Invitation.organisation_id).order_by(Invitation.created_at)
            ).all()
        for invitation_id, organisation_id in asked:
            with unit_of_work(), acting_in(organisation_id):
                invitations.send(invitation_id, at=now)
        return re.findall(r"/new-password/\S+", "\n".join(answering.mails()))


def set_password(client: FlaskClient, link: str, password: str = NEW_PASSWORD) -> int:
    data = {"password": password, "again": password, "csrf_token": csrf_token(client, link)}
    return client.post(link, data=data).status_code


def test_link_of_an_earlier_mail_is_dead_once_the_password_was_set_with_another(
    app: Flask, tenant: Tenant
):
    first, second = reset_links(app, tenant.email(RoleId.ADMIN), 2)
    client = app.test_client()
    assert set_password(client, second) == 302

    assert app.test_client().get(first).status_code == 404


def test_changing_the_password_kills_links_for_a_new_one_that_wait_in_a_mailbox(
    app: Flask, tenant: Tenant
):
    (link,) = reset_links(app, tenant.email(RoleId.ADMIN), 1)
    with app.app_context(), unit_of_work():
        user_id = tenant[RoleId.ADMIN].user_id
        assert user_id is not None
        now = datetime.now(UTC)
        accounts.change_password(get_user(user_id), current=PASSWORD, new=NEW_PASSWORD, at=now)

    assert app.test_client().get(link).status_code == 404


def test_password_that_breaks_a_rule_and_colours_nobody_offers_are_refused_at_their_fields(
    context: Flask, tenant: Tenant
):
    user_id = tenant[RoleId.ADMIN].user_id
    assert user_id is not None
    user = get_user(user_id)
    with pytest.raises(Invalid) as short:
        accounts.change_password(user, current=PASSWORD, new="short", at=datetime.now(UTC))
    with pytest.raises(Invalid) as colours:
        accounts.choose_theme(user, "pink")

    assert set(short.value.fields) == {"password"}
    assert set(colours.value.fields) == {"theme"}


@pytest.fixture
def slow_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two requests that came at once both reach the middle of their work."""
    hash_password: Callable[[str], str] = new_passwords.hash_password

    def slow(password: str) -> str:
        time.sleep(0.4)
        return hash_password(password)

    monkeypatch.setattr(new_passwords, "hash_password", slow)


@pytest.mark.both_databases
@pytest.mark.usefixtures("slow_hash")
def test_link_used_twice_in_the_same_moment_sets_one_password(app: Flask, tenant: Tenant):
    (link,) = reset_links(app, tenant.email(RoleId.ADMIN), 1)
    clients = [app.test_client() for _ in range(2)]
    tokens = [csrf_token(client, link) for client in clients]

    def use(place: int) -> int:
        words = f"{NEW_PASSWORD} {place}"
        data = {"password": words, "again": words, "csrf_token": tokens[place]}
        return clients[place].post(link, data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(use, range(2))) == [302, 404]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "//[",
        "javascript:alert(1)",
        " /x",
    ],
)
def test_address_to_go_on_to_never_leads_to_another_site(app: Flask, tenant: Tenant, target: str):
    client = app.test_client()
    data = {"email": tenant.email(RoleId.ADMIN), "password": PASSWORD}
    token = csrf_token(client, "/sign-in")
    answer = client.post(
        "/sign-in", query_string={"next": target}, data={**data, "csrf_token": token}
    )

    assert (answer.status_code, answer.location) == (302, "/")


def test_sign_in_whose_event_cannot_be_kept_begins_no_session(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    data = {"email": tenant.email(RoleId.ADMIN), "password": PASSWORD, "csrf_token": token}

    def disk_full(*, ok: bool) -> None:
        db.session.rollback()
        if ok:
            raise OSError("the disk is full")

    monkeypatch.setattr(gate, "finish", disk_full)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.post("/sign-in", data=data).status_code == 500
    monkeypatch.undo()

    assert client.get(f"/o/{tenant.slug}/").status_code == 302
    with app.app_context():
        signed_in = select(func.count()).where(UserSession.user_id.is_not(None))
        assert db.session.scalar(signed_in) == 0


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_form_of_another_site_is_never_offered_to_be_sent_again(
    app: Flask, tenant: Tenant, site: str
):
    page, data = f"/o/{tenant.slug}/settings/", {"name": "Owned by somebody else"}
    for client in (signed_in_client(app, tenant, RoleId.ADMIN), app.test_client()):
        answer = client.post(page, data=data, headers={"Sec-Fetch-Site": site})

        assert answer.status_code in (302, 422)
        assert "Owned by somebody else" not in answer.text
