"""Passkeys: bound to host, person and challenge; an answer counts once; the last one may stay."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.passkeys.services import challenges, own_passkeys
from ddplatform.accounts.passkeys.services.ceremonies import read_answer
from ddplatform.accounts.passkeys.services.challenges import Purpose, made_at, new_challenge
from ddplatform.accounts.second_factor.models import RecoveryCode
from ddplatform.audit.models import AuditValue
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import install
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants
from tests.accounts.organisations.test_links import do_all_jobs, last_mail
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.conftest import settings_for
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.second_factors import (
    CODE,
    RECOVERY,
    ask_factor_of,
    let_minutes_pass,
    pass_password,
    phone_of,
    send_code,
    send_confirmation,
    user_id_of,
)
from tests.soft_authenticator import Authenticator, asked_on

ADMIN, ANALYST = RoleId.ADMIN, RoleId.ANALYST
NEW = "/account/passkeys/new"
REMOVED_BY_NAME = "Remove<span"


@pytest.fixture(autouse=True)
def named_host(request: pytest.FixtureRequest) -> None:
    """The platform is reached by a name, as browsers want it for passkeys."""
    if "app" in request.fixturenames:
        use_address(request.getfixturevalue("app"), "http://localhost:8000")


def use_address(app: Flask, base_url: str) -> None:
    settings = replace(app.extensions["settings"], base_url=base_url)
    install(settings)


def send_new(client: FlaskClient, answer: str, name: str = "My phone") -> TestResponse:
    data = {"csrf_token": csrf_token(client, NEW), "name": name, "passkey": answer}
    return client.post(NEW, data=data)


def add(client: FlaskClient, device: Authenticator | None = None, **more: str) -> Authenticator:
    """Add a passkey in this browser; the device that holds it."""
    device = device or Authenticator()
    answer = send_new(client, device.create(asked_on(client.get(NEW).text)), **more)
    assert answer.status_code in (200, 302), answer.text
    return device


def rows(app: Flask, kind: type[Passkey] | type[RecoveryCode] = Passkey) -> list:
    with app.app_context():
        return list(db.session.scalars(select(kind)))


def use(client: FlaskClient, device: Authenticator, **more: str) -> TestResponse:
    """Answer the page of the second step with a passkey."""
    answer = device.get(asked_on(client.get(CODE).text), **more)
    data = {"csrf_token": csrf_token(client, CODE), "code": "", "passkey": answer}
    return client.post(CODE, data=data)


def test_first_passkey_brings_recovery_codes_and_the_next_sign_in_asks_for_it(
    app: Flask, tenant: Tenant
):
    client = signed_in_client(app, tenant, ADMIN)
    device = Authenticator()
    shown = send_new(client, device.create(asked_on(client.get(NEW).text)))
    do_all_jobs(app)
    browser, first = pass_password(app, tenant.email(ADMIN))
    page = browser.get(CODE).text
    second = use(browser, device)

    assert len(set(re.findall(RECOVERY, shown.text))) == 10
    assert "Subject: Passkey added" in last_mail(app)
    assert first.location.startswith(CODE)
    assert "Use a passkey" in page and "Recovery code" in page
    assert second.status_code == 302
    assert browser.get(f"/o/{tenant.slug}/people/").status_code == 200
    assert actions(app)[-3:] == ["passkey:add", "session:ask_code", "session:start"]
    assert factors_of_sign_ins(app) == ["password and passkey"]


def factors_of_sign_ins(app: Flask) -> list[str]:
    with app.app_context(), across_tenants():
        found = db.session.scalars(select(AuditValue.value).where(AuditValue.name == "factors"))
        return [str(value["after"]) for value in found]


def test_account_page_names_each_passkey_and_when_it_was_used(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    device = add(client, name="Blue key")
    before = client.get("/account").text
    browser, _ = pass_password(app, tenant.email(ANALYST))
    use(browser, device)
    after = browser.get("/account").text

    assert "Blue key" in before and "not used yet" in before
    assert "last used on" in after


def test_recovery_code_opens_the_account_of_whoever_lost_the_device(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    shown = send_new(client, Authenticator().create(asked_on(client.get(NEW).text)))
    browser, _ = pass_password(app, tenant.email(ANALYST))

    assert send_code(browser, re.findall(RECOVERY, shown.text)[0]).status_code == 302


def test_passkey_beside_an_app_keeps_its_recovery_codes(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    phone_of(app, client)
    before = {code.code_hash for code in rows(app, RecoveryCode)}
    device = add(client)
    browser, _ = pass_password(app, tenant.email(ANALYST))
    page = browser.get(CODE).text

    assert {code.code_hash for code in rows(app, RecoveryCode)} == before
    assert "Enter your code" in page and "six digits" in page
    assert use(browser, device).status_code == 302


def test_answer_that_was_used_is_refused_also_in_another_browser(app: Flask, tenant: Tenant):
    device = add(signed_in_client(app, tenant, ADMIN), Authenticator(counts=False))
    here, _ = pass_password(app, tenant.email(ADMIN))
    there, _ = pass_password(app, tenant.email(ADMIN))
    answer = device.get(asked_on(here.get(CODE).text))
    sent = [
        client.post(CODE, data={"csrf_token": csrf_token(client, CODE), "passkey": answer})
        for client in (here, there)
    ]

    assert [one.status_code for one in sent] == [302, 422]
    assert "Your passkey was not accepted." in sent[1].text
    assert "session:refuse_code" in actions(app)


def test_count_of_signatures_that_goes_back_shows_a_copy_and_is_refused(app: Flask, tenant: Tenant):
    device = add(signed_in_client(app, tenant, ADMIN))
    here, _ = pass_password(app, tenant.email(ADMIN))
    assert use(here, device).status_code == 302
    device.uses = 0
    there, _ = pass_password(app, tenant.email(ADMIN))

    assert use(there, device).status_code == 422


@pytest.mark.parametrize("origin", ["http://localhost:9000", "https://evil.example"])
def test_answer_given_to_another_site_is_refused(app: Flask, tenant: Tenant, origin: str):
    client = signed_in_client(app, tenant, ADMIN)
    device = Authenticator()
    new = send_new(client, device.create(asked_on(client.get(NEW).text), origin=origin))
    add(client, device)
    browser, _ = pass_password(app, tenant.email(ADMIN))

    assert new.status_code == 422 and "was not accepted" in new.text
    assert use(browser, device, origin=origin).status_code == 422
    assert use(browser, replace(device, host="evil.example")).status_code == 422


def test_passkey_of_somebody_else_opens_nothing(app: Flask, tenant: Tenant):
    mine = add(signed_in_client(app, tenant, ANALYST))
    add(signed_in_client(app, tenant, ADMIN))
    browser, _ = pass_password(app, tenant.email(ADMIN))

    assert use(browser, mine).status_code == 422
    assert use(browser, replace(mine, credential_id=rows(app)[1].credential_id)).status_code == 422


def test_one_device_is_registered_once(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    device = add(client)
    asked = asked_on(client.get(NEW).text)
    again = send_new(client, device.create(asked))
    other = signed_in_client(app, tenant, ADMIN)

    assert [one["id"] for one in asked["excludeCredentials"]] == [asked_id(device)]
    assert again.status_code == 422
    assert send_new(other, device.create(asked_on(other.get(NEW).text))).status_code == 422
    assert len(rows(app)) == 1


def asked_id(device: Authenticator) -> str:
    told: str = json.loads(device.create({"challenge": ""}))["id"]
    return told


def test_answer_to_a_page_that_was_open_too_long_is_refused_and_the_name_stays(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    client = signed_in_client(app, tenant, ANALYST)
    answer = Authenticator().create(asked_on(client.get(NEW).text))
    monkeypatch.setattr(challenges, "LIFE", timedelta(microseconds=1))
    sent = send_new(client, answer, name="Green key")

    assert sent.status_code == 422 and "open too long" in sent.text
    assert 'value="Green key"' in sent.text


def test_eleventh_passkey_is_refused_in_words(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(own_passkeys, "MOST", 1)
    client = signed_in_client(app, tenant, ANALYST)
    add(client)
    sent = send_new(client, Authenticator().create(asked_on(client.get(NEW).text)))

    assert sent.status_code == 422 and "the most there can be" in sent.text


def test_who_has_to_have_a_factor_may_add_a_passkey_instead_of_an_app(app: Flask, tenant: Tenant):
    ask_factor_of(app, tenant, ANALYST)
    client = signed_in_client(app, tenant, ANALYST)
    led = client.get(f"/o/{tenant.slug}/")
    page = client.get(led.location).text
    add(client)

    assert led.location.startswith("/account/second-factor")
    assert "Add a passkey instead" in page
    assert client.get(f"/o/{tenant.slug}/").status_code == 200


def test_last_factor_stays_where_the_organisation_asks_for_one(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    add(client)
    ask_factor_of(app, tenant, ANALYST)
    passkey = rows(app)[0].id
    refused = remove(client, passkey)
    phone_of(app, client)
    removed = remove(client, passkey)

    assert refused.status_code == 409 and "asks for a second factor" in refused.text
    assert removed.status_code == 302
    assert rows(app) == [] and rows(app, RecoveryCode) != []


def remove(client: FlaskClient, passkey_id: object) -> TestResponse:
    path = f"/account/passkeys/{passkey_id}/remove"
    return client.post(path, data={"csrf_token": csrf_token(client, path)})


def test_removed_passkey_opens_nothing_and_the_codes_of_the_last_one_go(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    add(client)
    other = signed_in_client(app, tenant, ANALYST)
    remove(client, rows(app)[0].id)
    do_all_jobs(app)
    _, first = pass_password(app, tenant.email(ANALYST))

    assert rows(app) == [] == rows(app, RecoveryCode)
    assert "Subject: Passkey removed" in last_mail(app)
    assert not first.location.startswith(CODE)
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_app_can_go_while_a_passkey_stays_and_its_page_says_so(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    phone_of(app, client)
    add(client)
    ask_factor_of(app, tenant, ANALYST)
    page = client.get("/account/second-factor/remove").text
    token = csrf_token(client, "/account/second-factor/remove")
    sent = client.post("/account/second-factor/remove", data={"csrf_token": token})

    assert "Your passkeys and recovery codes go on working." in page
    assert sent.status_code == 302
    assert client.get("/account").status_code == 200
    assert len(rows(app)) == 1 and len(rows(app, RecoveryCode)) == 10


def test_passkeys_of_others_are_neither_shown_nor_removed(app: Flask, tenant: Tenant):
    add(signed_in_client(app, tenant, ADMIN), name="Key of the administrator")
    client = signed_in_client(app, tenant, ANALYST)
    path = f"/account/passkeys/{rows(app)[0].id}/remove"
    sent = client.post(path, data={"csrf_token": csrf_token(client, "/account")})

    assert "Key of the administrator" not in client.get("/account").text
    assert (client.get(path).status_code, sent.status_code) == (404, 404)
    assert len(rows(app)) == 1


def test_protected_step_is_confirmed_with_a_passkey(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    device = add(client)
    let_minutes_pass(app, 60)
    asked = client.get("/account/password")
    answer = device.get(asked_on(client.get(asked.location).text))
    without = send_confirmation(client, code="")
    sent = send_confirmation(client, passkey=answer)

    assert asked.location.startswith("/account/confirm")
    assert without.status_code == 422 and "Enter the code." in without.text
    assert sent.status_code == 302
    assert client.get("/account/password").status_code == 200


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://platform.example"])
def test_an_address_for_which_browsers_make_no_passkeys_offers_none(
    app: Flask, tenant: Tenant, address: str
):
    use_address(app, address)
    client = signed_in_client(app, tenant, ANALYST)
    page = client.get(NEW)

    assert "passkey" not in client.get("/account").text.lower()
    assert page.status_code == 409 and "Use an authenticator app" in page.text


def test_tries_with_passkeys_are_limited_together_with_codes(app: Flask, tenant: Tenant):
    device = add(signed_in_client(app, tenant, ADMIN))
    browser, _ = pass_password(app, tenant.email(ADMIN))
    wrong = [use(browser, device, origin="https://evil.example").status_code for _ in range(6)]
    codes = [send_code(browser, "123456").status_code for _ in range(5)]

    assert wrong == [422] * 6
    assert codes == [422] * 4 + [429]


@pytest.mark.usefixtures("context")
@given(
    text=st.text(max_size=60)
    | st.from_regex(r'\{"id": ?"[A-Za-z]*", "response": .*', fullmatch=True)
)
def test_whatever_is_sent_as_an_answer_is_read_or_refused(text: str):
    found = read_answer(text)

    assert found is None or found.text == text


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        "1" * 5_000,
        '{"id": 1, "response": {"clientDataJSON": "e30"}}',
        '{"id": "AA", "response": {"clientDataJSON": "W10"}}',
        '{"id": "AA", "response": {"clientDataJSON": "_w"}}',
        "[" * 10_000,
    ],
)
def test_answers_that_are_none_are_refused_at_sign_in(app: Flask, tenant: Tenant, text: str):
    add(signed_in_client(app, tenant, ADMIN))
    browser, _ = pass_password(app, tenant.email(ADMIN))
    data = {"csrf_token": csrf_token(browser, CODE), "passkey": text}

    assert browser.post(CODE, data=data).status_code == 422


def test_challenge_counts_for_one_person_one_purpose_and_ten_minutes(tmp_path):
    install(settings_for(tmp_path, "sqlite://"))
    me, at = uuid4(), datetime(2026, 12, 1, 12, 0, 0, 123_456, tzinfo=UTC)
    one, other = (new_challenge(me, Purpose.PROVE, at=at) for _ in range(2))

    assert one != other and len(one) == 57
    assert made_at(one, me, Purpose.PROVE, at=at) == at
    assert made_at(one, me, Purpose.PROVE, at=at + timedelta(minutes=10)) == at
    assert made_at(one, me, Purpose.PROVE, at=at + timedelta(minutes=10, microseconds=1)) is None
    assert made_at(one, me, Purpose.PROVE, at=at - timedelta(microseconds=1)) is None
    assert made_at(one, uuid4(), Purpose.PROVE, at=at) is None
    assert made_at(one, me, Purpose.ADD, at=at) is None
    assert made_at(one[:-1] + bytes([one[-1] ^ 1]), me, Purpose.PROVE, at=at) is None
    assert made_at(b"", me, Purpose.PROVE, at=at) is None


@pytest.mark.both_databases
def test_passkey_is_used_as_it_stands_in_the_database(app: Flask, tenant: Tenant):
    device = add(signed_in_client(app, tenant, ADMIN))
    with app.app_context(), unit_of_work():
        db.session.execute(update(Passkey).values(sign_count=5))
    device.uses = 3
    browser, _ = pass_password(app, tenant.email(ADMIN))
    copied = use(browser, device)
    device.uses = 9

    assert copied.status_code == 422
    assert use(browser, device).status_code == 302
    assert rows(app)[0].sign_count == 10
    assert rows(app)[0].user_id == user_id_of(tenant, ADMIN)
