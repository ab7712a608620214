"""Single sign-on: connected once by the person, then the provider of the organisation opens."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from time import time
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.accounts.single_sign_on.models import ProviderIdentity
from ddplatform.accounts.single_sign_on.services import flows
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from tests.accounts.organisations.test_links import do_all_jobs, last_mail
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.identity_provider import (
    CHOOSE,
    SECRET,
    WARNS,
    Faults,
    TestProvider,
    address_on,
    come_back,
    connect,
    go_to_provider,
    running_provider,
    set_provider,
    sign_in,
    sign_in_there,
)
from tests.second_factors import ask_factor_of, let_minutes_pass, phone_of, send_code, user_id_of

pytestmark = WARNS
ANALYST, OFFICER = RoleId.ANALYST, RoleId.SAFEGUARDING_OFFICER
MFA = {"amr": ["pwd", "mfa"]}


@pytest.fixture(scope="module")
def running() -> Iterator[TestProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: TestProvider, app: Flask, tenant: Tenant) -> TestProvider:
    """The provider of the company, which the operator set."""
    running.faults = Faults()
    running.asked.clear()
    set_provider(app, running)
    return running


def connected(app: Flask, tenant: Tenant, role: RoleId = ANALYST) -> str:
    """The subject of a person of this role, who has connected it."""
    answer = connect(signed_in_client(app, tenant, role), role.value)
    assert answer.status_code == 302, answer.text
    return role.value


def last_values(app: Flask, action: str) -> dict[str, object]:
    """What the newest event of an action says."""
    with app.app_context(), across_tenants():
        newest = select(AuditEvent.id).where(AuditEvent.action == action)
        event_id = db.session.scalars(newest.order_by(AuditEvent.sequence.desc())).first()
        rows = db.session.scalars(select(AuditValue).where(AuditValue.event_id == event_id))
        return {row.name: row.value["after"] for row in rows}


def test_connected_identity_signs_in_and_leads_to_the_page_that_was_asked_for(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject, client = connected(app, tenant), app.test_client()

    answer = sign_in(client, subject, "ama@acme.example", next="/o/acme/people/")

    assert (answer.status_code, answer.location) == (302, "/o/acme/people/")
    assert client.get("/o/acme/").status_code == 200
    assert last_values(app, "session:start") == {"factors": "single sign-on"}


def test_provider_is_asked_with_proof_key_state_and_nonce_and_the_one_redirect_address(
    app: Flask, provider: TestProvider
):
    asked = parse_qs(urlsplit(go_to_provider(app.test_client())).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/organisation/acme"]
    assert asked["scope"] == ["openid"] and asked["response_type"] == ["code"]
    assert all(len(asked[name][0]) == 43 for name in ("state", "nonce", "code_challenge"))


def test_provider_that_takes_the_secret_in_the_form_alone_is_given_it_there(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject, client = connected(app, tenant), app.test_client()
    provider.faults.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert sign_in(client, subject).status_code == 302
    assert client.get("/account").status_code == 200
    (form, headers) = provider.redeemed[-1]
    assert form["client_secret"] == [SECRET] and "Authorization" not in headers


@pytest.mark.parametrize(
    "methods", [None, "client_secret_post", ["client_secret_post", "client_secret_basic"]]
)
def test_secret_stands_in_the_header_unless_the_provider_asks_for_the_form(
    app: Flask, tenant: Tenant, provider: TestProvider, methods: object
):
    subject = connected(app, tenant)
    provider.faults.discovery = {"token_endpoint_auth_methods_supported": methods}

    assert sign_in(app.test_client(), subject).status_code == 302
    (form, headers) = provider.redeemed[-1]
    assert "client_secret" not in form
    sent = b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
    assert sent == f"client-of-acme:{SECRET}"


def test_somebody_of_another_mail_domain_cannot_connect_by_a_kept_address(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    client = signed_in_client(app, tenant, ANALYST)
    page = client.get("/account").text
    action = page.split('action="/account/single-sign-on/')[1].split('"')[0]
    data = {"csrf_token": csrf_token(client, "/account")}
    location = sign_in_there(
        address_on(client.post(f"/account/single-sign-on/{action}", data=data)), "ama"
    )
    set_provider(app, provider, **{"--domains": "elsewhere.example"})

    answer = come_back(client, location)

    assert answer.status_code == 409
    assert "cannot be connected" in answer.text
    with app.app_context():
        assert db.session.scalars(select(ProviderIdentity)).all() == []


def test_identity_that_nobody_connected_is_refused_with_the_way_to_connect_it(
    app: Flask, provider: TestProvider
):
    client = app.test_client()

    answer = sign_in(client, "stranger")

    assert answer.status_code == 403
    assert "Sign in with your password once and connect it" in answer.text
    assert client.get("/o/acme/").status_code == 302
    assert actions(app)[-1] == "session:refuse"


def test_mail_address_that_a_provider_states_opens_nothing(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    provider.faults.claims = {"email": tenant.email(ANALYST), "email_verified": True}

    assert sign_in(app.test_client(), "stranger").status_code == 403


def test_connecting_is_an_event_told_by_mail_and_ends_other_sessions(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    other = signed_in_client(app, tenant, ANALYST)
    client = signed_in_client(app, tenant, ANALYST)

    answer = connect(client, "ama")
    do_all_jobs(app)

    assert answer.location == "/account"
    assert "now opens your account" in client.get("/account").text
    assert other.get("/account").status_code == 302
    assert "single_sign_on:connect" in actions(app)
    assert "Single sign-on connected" in last_mail(app)


def test_connecting_asks_for_a_fresh_sign_in(app: Flask, tenant: Tenant, provider: TestProvider):
    client = signed_in_client(app, tenant, ANALYST)
    let_minutes_pass(app, 16)
    action = client.get("/account").text.split('action="/account/single-sign-on/')[1].split('"')[0]

    answer = client.post(
        f"/account/single-sign-on/{action}", data={"csrf_token": csrf_token(client, "/account")}
    )

    assert answer.status_code == 401
    assert "Confirm that it is you" in answer.text


def test_identity_opens_one_account_and_an_account_has_one_identity_there(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject = connected(app, tenant)

    answer = connect(signed_in_client(app, tenant, RoleId.ADMIN), subject)

    assert answer.status_code == 409
    with app.app_context():
        assert db.session.scalars(select(ProviderIdentity.user_id)).all() == [
            user_id_of(tenant, ANALYST)
        ]


def test_disconnected_identity_opens_nothing_any_more(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject, client = connected(app, tenant), signed_in_client(app, tenant, ANALYST)
    page = client.get("/account").text.split('href="/account/single-sign-on/')[1].split('"')[0]
    page = f"/account/single-sign-on/{page}"

    assert "It no longer opens your account" in client.get(page).text
    answer = client.post(page, data={"csrf_token": csrf_token(client, page)})
    do_all_jobs(app)

    assert answer.location == "/account"
    assert sign_in(app.test_client(), subject).status_code == 403
    assert "Single sign-on disconnected" in last_mail(app)


@pytest.mark.parametrize("way", ["deactivated", "left", "ended", "moved"])
def test_person_who_may_not_sign_in_any_more_is_refused(
    app: Flask, tenant: Tenant, provider: TestProvider, way: str
):
    subject, user_id = connected(app, tenant), user_id_of(tenant, ANALYST)
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        member = db.session.scalars(select(Membership).where(Membership.user_id == user_id)).one()
        user = db.session.get(User, user_id)
        if way == "left":
            db.session.delete(member)
        user.is_active = way != "deactivated"
        member.access_until = date(2020, 1, 1) if way == "ended" else None
        user.email = "ama@elsewhere.example" if way == "moved" else user.email

    client = app.test_client()
    answer = sign_in(client, subject)

    assert (answer.status_code, "This account cannot sign in here" in answer.text) == (403, True)
    assert client.get("/account").status_code == 302


def test_own_second_factor_is_asked_where_the_provider_states_none(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject = connected(app, tenant)
    phone, client = phone_of(app, signed_in_client(app, tenant, ANALYST)), app.test_client()

    answer = sign_in(client, subject)
    waiting = client.get("/o/acme/")
    send_code(client, phone.code())

    assert answer.location.startswith("/sign-in/code")
    assert waiting.status_code == 302
    assert client.get("/o/acme/").status_code == 200
    assert last_values(app, "session:start")["factors"] == "single sign-on and code of the app"


@pytest.mark.parametrize("stated", [MFA, {"acr": "two-steps"}])
def test_second_factor_that_the_provider_states_stands_for_the_own_one(
    app: Flask, tenant: Tenant, provider: TestProvider, stated: dict[str, object]
):
    set_provider(app, provider, **{"--factor-acr": "two-steps"})
    subject, client = connected(app, tenant), app.test_client()
    phone_of(app, signed_in_client(app, tenant, ANALYST))
    provider.faults.claims = stated

    assert sign_in(client, subject).location == "/"
    assert client.get("/o/acme/").status_code == 200


def test_organisation_that_asks_for_a_factor_takes_that_of_its_provider_and_no_less(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject = connected(app, tenant)
    ask_factor_of(app, tenant, ANALYST)
    without, client = app.test_client(), app.test_client()
    sign_in(without, subject)
    provider.faults.claims = MFA
    sign_in(client, subject)

    assert without.get("/o/acme/").location.startswith("/account/second-factor")
    assert client.get("/o/acme/").status_code == 200


def test_factor_of_a_provider_never_stands_for_that_of_a_safeguarding_officer(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject = connected(app, tenant, OFFICER)
    phone_of(app, signed_in_client(app, tenant, OFFICER))
    provider.faults.claims = MFA

    assert sign_in(app.test_client(), subject).location.startswith("/sign-in/code")


def test_factor_of_a_provider_does_not_open_another_organisation_of_the_person(
    app: Flask, tenant: Tenant, other_tenant: Tenant, provider: TestProvider
):
    subject = connected(app, tenant)
    phone_of(app, signed_in_client(app, tenant, ANALYST))
    provider.faults.claims = MFA
    with app.app_context(), unit_of_work(), acting_in(other_tenant.id):
        now, user_id = datetime.now(UTC), user_id_of(tenant, ANALYST)
        db.session.add(
            Membership(
                organisation_id=other_tenant.id, user_id=user_id, role=ANALYST, created_at=now
            )
        )

    assert sign_in(app.test_client(), subject).location.startswith("/sign-in/code")


def test_person_confirms_at_the_provider_who_they_are(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject, client = connected(app, tenant), app.test_client()
    sign_in(client, subject)
    let_minutes_pass(app, 16)
    provider.faults.claims = {"auth_time": int(time())}

    answer = confirm(client, subject)

    assert answer.location == "/account/password"
    assert client.get("/account/password").status_code == 200
    assert provider.asked[-1]["prompt"] == "login" and provider.asked[-1]["max_age"] == "0"


def confirm(client, subject: str):
    """Confirm at the provider, on the page that asks."""
    asked = client.get("/account/password").location
    page = client.get(asked).text
    action = page.split('action="/account/single-sign-on/')[1].split('"')[0]
    data = {"csrf_token": csrf_token(client, asked)}
    answer = client.post(f"/account/single-sign-on/{action}", data=data)
    return come_back(client, sign_in_there(address_on(answer), subject))


@pytest.mark.parametrize(
    ("subject", "ago_s"), [("analyst", 300), ("analyst", None), ("somebody else", 0)]
)
def test_confirmation_by_another_person_or_of_long_ago_counts_for_nothing(
    app: Flask, tenant: Tenant, provider: TestProvider, subject: str, ago_s: int | None
):
    client = app.test_client()
    sign_in(client, connected(app, tenant))
    let_minutes_pass(app, 16)
    provider.faults.claims = {"auth_time": None if ago_s is None else int(time()) - ago_s}

    answer = confirm(client, subject)

    assert answer.status_code == 422
    assert client.get("/account/password").status_code == 302


def test_confirmation_at_the_provider_does_not_stand_for_the_own_second_factor(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject = connected(app, tenant)
    client = signed_in_client(app, tenant, ANALYST)
    phone_of(app, client)
    let_minutes_pass(app, 16)
    provider.faults.claims = {"auth_time": int(time())}

    assert confirm(client, subject).status_code == 422


def test_safeguarding_officer_is_not_offered_to_confirm_at_the_provider(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    connected(app, tenant, OFFICER)
    client = signed_in_client(app, tenant, OFFICER)

    assert "/confirm?" not in client.get("/account/confirm?next=/account").text


def test_page_answers_by_the_organisation_alone_and_not_by_who_has_an_account(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    client = app.test_client()
    known, unknown = (
        go_to_provider(client, f"{name}@acme.example") for name in ("analyst", "nobody")
    )
    data = {"organisation": "ama@none.example", "csrf_token": csrf_token(client, CHOOSE)}

    assert known.split("state=")[0] == unknown.split("state=")[0]
    assert client.post(CHOOSE, data=data).status_code == 422


def test_sign_in_page_offers_it_once_an_organisation_has_a_provider(
    app: Flask, tenant: Tenant, running: TestProvider
):
    running.faults = Faults()
    before = app.test_client().get("/sign-in").text
    set_provider(app, running)

    assert "Sign in with your organisation" not in before
    assert "Sign in with your organisation" in app.test_client().get("/sign-in").text


def test_shared_phone_stays_one_through_the_sign_in_at_the_provider(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    subject, client = connected(app, tenant), app.test_client()
    data = {"organisation": "acme", "shared_phone": "1", "csrf_token": csrf_token(client, CHOOSE)}

    come_back(client, sign_in_there(address_on(client.post(CHOOSE, data=data)), subject))

    assert "Others use this device too" in client.get("/account").text


def test_tries_of_a_network_are_counted(
    app: Flask, provider: TestProvider, monkeypatch: pytest.MonkeyPatch
):
    few = replace(flows.START, times=2)
    monkeypatch.setattr(flows, "START", few)
    client = app.test_client()
    data = {"organisation": "acme", "csrf_token": csrf_token(client, CHOOSE)}

    assert [client.post(CHOOSE, data=data).status_code for _ in range(3)] == [200, 200, 429]


def test_no_token_of_the_provider_is_stored(app: Flask, tenant: Tenant, provider: TestProvider):
    sign_in(app.test_client(), connected(app, tenant))

    with app.app_context():
        stored = db.session.connection().connection.driver_connection
        rows = "\n".join(stored.iterdump()) if hasattr(stored, "iterdump") else ""
    assert "eyJ" not in rows
    assert "a-secret-of-the-client" not in rows


def test_page_of_the_account_offers_nothing_to_a_mailbox_of_another_domain(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    client = signed_in_client(app, tenant, ANALYST)
    with app.app_context(), unit_of_work():
        db.session.execute(
            update(User)
            .where(User.id == user_id_of(tenant, ANALYST))
            .values(email="ama@elsewhere.example")
        )

    assert "/account/single-sign-on/" not in client.get("/account").text
