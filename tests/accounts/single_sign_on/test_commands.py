"""The operator sets the provider of an organisation; nobody else names an address to fetch."""

import json
from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.single_sign_on.models import IdentityProvider, ProviderIdentity
from ddplatform.accounts.single_sign_on.queries import get_provider
from ddplatform.accounts.single_sign_on.services.fetching import is_safe_address
from ddplatform.accounts.single_sign_on.services.providers import open_secret, reseal
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import across_tenants
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.factories import Tenant, signed_in_client
from tests.identity_provider import (
    SECRET,
    WARNS,
    Faults,
    TestProvider,
    connect,
    running_provider,
    set_provider,
    sign_in,
)

pytestmark = WARNS


@pytest.fixture(scope="module")
def running() -> Iterator[TestProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: TestProvider) -> TestProvider:
    running.faults = Faults()
    return running


def call(app: Flask, *words: str, secret: str = SECRET) -> Result:
    args = ["single-sign-on", *words, "--json"]
    return app.test_cli_runner().invoke(args=args, input=secret)


def setting(provider: TestProvider, **more: str) -> list[str]:
    options = {"organisation": "acme", "issuer": provider.issuer, "client-id": "c"}
    options = {**options, "domains": "ACME.example, acme.test", **more}
    return ["set", *(word for name, value in options.items() for word in (f"--{name}", value))]


def test_provider_is_set_shown_without_its_secret_and_removed(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    done = call(app, *setting(provider))
    shown = call(app, "show", "--organisation", "acme")
    removed = call(app, "remove", "--organisation", "acme")

    assert (
        json.loads(done.stdout)
        == json.loads(shown.stdout)
        == {
            "organisation": "acme",
            "issuer": provider.issuer,
            "client_id": "c",
            "domains": ["acme.example", "acme.test"],
            "factor_acrs": [],
            "redirect_uri": "http://127.0.0.1:8000/sign-in/organisation/acme",
            "connected": 0,
        }
    )
    assert removed.exit_code == 0
    assert call(app, "show", "--organisation", "acme").exit_code == 1
    assert actions(app)[-2:] == ["single_sign_on:set", "single_sign_on:remove"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("issuer", "http://login.example"),
        ("issuer", "https://user@login.example"),
        ("issuer", "https://login.example/?a=b"),
        ("domains", "acme"),
        ("domains", ","),
        ("client-id", ""),
        ("factor-acr", "phr|mfa"),
        ("factor-acr", ""),
    ],
)
def test_what_cannot_be_a_provider_is_refused_before_it_is_asked(
    app: Flask, tenant: Tenant, provider: TestProvider, option: str, value: str
):
    provider.asked.clear()

    assert call(app, *setting(provider, **{option: value})).exit_code == 1
    with app.app_context(), across_tenants():
        assert db.session.scalars(select(IdentityProvider)).all() == []


def test_provider_without_a_secret_or_one_that_does_not_answer_is_refused(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    without = call(app, *setting(provider), secret="")
    provider.faults.is_down = True

    assert without.exit_code == call(app, *setting(provider)).exit_code == 1


def test_mail_domain_belongs_to_one_organisation(
    app: Flask, tenant: Tenant, other_tenant: Tenant, provider: TestProvider
):
    call(app, *setting(provider))

    refused = call(app, *setting(provider, organisation="other"))

    assert refused.exit_code == 1
    assert "acme.example, acme.test" in json.loads(refused.stdout)["error"]["message"]


def test_nobody_stays_connected_with_an_issuer_that_was_replaced_or_removed(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    set_provider(app, provider)
    connect(signed_in_client(app, tenant, RoleId.ANALYST), "ama")

    call(app, "remove", "--organisation", "acme")
    set_provider(app, provider)

    assert sign_in(app.test_client(), "ama").status_code == 403
    with app.app_context():
        assert db.session.scalars(select(ProviderIdentity)).all() == []


def test_nobody_stays_connected_once_the_organisation_has_another_issuer(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    set_provider(app, provider)
    connect(signed_in_client(app, tenant, RoleId.ANALYST), "ama")

    with running_provider() as another:
        set_provider(app, another)
        answer = sign_in(app.test_client(), "ama")

    assert answer.status_code == 403
    with app.app_context():
        assert db.session.scalars(select(ProviderIdentity)).all() == []


def test_removing_a_provider_that_is_not_set_says_how_people_sign_in(app: Flask, tenant: Tenant):
    done = call(app, "remove", "--organisation", "acme")

    assert done.exit_code == 1
    assert "has no provider" in json.loads(done.stdout)["error"]["message"]


def test_secret_under_a_lost_key_stays_as_it_is(app: Flask, tenant: Tenant, provider: TestProvider):
    set_provider(app, provider)
    with app.app_context(), across_tenants():
        row = db.session.scalars(select(IdentityProvider)).one()
        before = row.sealed_secret

        assert not reseal(row, keys=[b"n" * 32, b"o" * 32])
        assert row.sealed_secret == before
        assert reseal(row, keys=[b"n" * 32, b"o" * 32, adapters().keys.single_sign_on()])
        assert row.sealed_secret != before


def test_secret_is_sealed_for_its_issuer_and_opens_after_the_key_was_changed(
    app: Flask, tenant: Tenant, provider: TestProvider
):
    set_provider(app, provider)
    with app.app_context(), unit_of_work(), across_tenants():
        before, old = get_provider("acme"), adapters().keys.single_sign_on()

    done = app.test_cli_runner().invoke(args=["keys", "rotate", "single-sign-on", "--json"])

    with app.app_context(), unit_of_work(), across_tenants():
        after = get_provider("acme")
        assert SECRET.encode() not in before.sealed_secret != after.sealed_secret
        assert open_secret(after) == SECRET
        assert adapters().keys.single_sign_on_keys() == (adapters().keys.single_sign_on(),)
        assert adapters().keys.single_sign_on() != old
        with pytest.raises(Conflict):
            open_secret(before)
        row = db.session.scalars(select(IdentityProvider)).one()
        row.issuer = "https://evil.example"
        db.session.flush()
        with pytest.raises(Conflict):
            open_secret(get_provider("acme"))
    assert json.loads(done.stdout)["providers"] == 1


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://login.example/realms/a", True),
        ("http://localhost:8080", True),
        ("http://login.example", False),
        ("ftp://localhost", False),
        ("https://", False),
        ("https://[", False),
        ("https://login.example/#part", False),
        ("https://login.example/\nX: y", False),
    ],
)
def test_addresses_are_encrypted_but_for_the_own_machine(app: Flask, address: str, is_safe: bool):
    assert is_safe_address(address) is is_safe
