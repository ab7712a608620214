"""The keys of second factors and of webhooks change while codes and signatures stay good."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.second_factor.models import SecondFactor
from ddplatform.accounts.second_factor.services import secrets
from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.models import Webhook
from ddplatform.api.webhooks.services import webhooks
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters, install
from ddplatform.infrastructure.adapters.keys import WEBHOOK
from ddplatform.infrastructure.adapters.sealing import names_algorithm
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.operations.keys import services as rotation
from tests.conftest import NOW
from tests.factories import Tenant
from tests.second_factors import Phone, pass_password, send_code, with_phone

ADMIN, ANALYST = RoleId.ADMIN, RoleId.ANALYST


def rotate(app: Flask, key: str) -> Result:
    return app.test_cli_runner().invoke(args=["keys", "rotate", key, "--json"])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def events(app: Flask, action: str) -> list[dict[str, Any]]:
    """What the log of the installation tells of each rotation."""
    with app.app_context(), unit_of_work(), across_tenants():
        found = db.session.scalars(select(AuditEvent.id).where(AuditEvent.action == action)).all()
        values = db.session.scalars(select(AuditValue).where(AuditValue.event_id.in_(found))).all()
        return [
            {one.name: one.value["after"] for one in values if one.event_id == event}
            for event in found
        ]


def power_cut_after(times: int, real: Any) -> Any:
    """The same function, until the power fails."""
    done: list[object] = []

    def call(*given: Any, **named: Any) -> Any:
        if len(done) == times:
            raise KeyboardInterrupt
        done.append(None)
        return real(*given, **named)

    return call


# ---- second factors --------------------------------------------------------------------------


@pytest.fixture
def phones(app: Flask, tenant: Tenant) -> dict[RoleId, Phone]:
    """The apps of two people."""
    return {role: with_phone(app, tenant, role) for role in (ADMIN, ANALYST)}


def secrets_of_apps() -> dict[str, str]:
    """Person -> the secret of the app, as a code is checked with it."""
    with unit_of_work():
        rows = db.session.scalars(select(SecondFactor)).all()
        return {str(row.user_id): secrets.open_secret(row) for row in rows}


def comes_in(app: Flask, tenant: Tenant, role: RoleId, phone: Phone) -> bool:
    client, _ = pass_password(app, tenant.email(role))
    return send_code(client, phone.code()).status_code == 302


def test_codes_of_apps_stay_good_under_a_new_key_and_the_old_one_is_gone(
    app: Flask, tenant: Tenant, phones: dict[RoleId, Phone]
):
    with app.app_context():
        old = adapters().keys.second_factor()

    answer = told(rotate(app, "second-factor"))

    with app.app_context():
        new = adapters().keys.second_factor()
        assert adapters().keys.second_factors() == (new,) != (old,)
    assert answer["factors"] == 2
    assert events(app, "keys:rotate_second_factor") == [{"factors": 2}]
    assert comes_in(app, tenant, ANALYST, phones[ANALYST])


def test_an_interrupted_change_of_the_key_of_second_factors_locks_nobody_out_and_goes_on(
    app: Flask, tenant: Tenant, phones: dict[RoleId, Phone], monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        before = secrets_of_apps()
    with monkeypatch.context() as patch:
        patch.setattr(secrets, "reseal", power_cut_after(1, secrets.reseal))
        patch.setattr(rotation, "BATCH", 1)
        assert rotate(app, "second-factor").exit_code != 0

    with app.app_context():
        assert len(adapters().keys.second_factors()) == 2
        assert secrets_of_apps() == before
    assert all(comes_in(app, tenant, role, phone) for role, phone in phones.items())
    assert events(app, "keys:rotate_second_factor") == []
    assert told(rotate(app, "second-factor"))["factors"] == 1
    with app.app_context():
        assert secrets_of_apps() == before
        assert len(adapters().keys.second_factors()) == 1


def test_an_app_that_is_set_up_while_the_key_changes_is_sealed_with_the_new_one(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    with_phone(app, tenant, ADMIN)
    with monkeypatch.context() as patch:
        patch.setattr(secrets, "reseal", power_cut_after(0, secrets.reseal))
        rotate(app, "second-factor")
    phone = with_phone(app, tenant, ANALYST)

    assert told(rotate(app, "second-factor"))["factors"] == 1, "that of before alone"
    assert comes_in(app, tenant, ANALYST, phone)


# ---- webhooks --------------------------------------------------------------------------------


@pytest.fixture
def two_hooks(app: Flask, tenant: Tenant, other_tenant: Tenant) -> Iterator[dict[str, bytes]]:
    """Organisation -> the secret of its webhook."""
    install(replace(app.extensions["settings"], webhook_hosts=("erp.example",)))
    with app.app_context():
        for one in (tenant, other_tenant):
            with unit_of_work(), acting_in(one.id):
                act = Act(one[ADMIN], NOW)
                webhooks.add_webhook("ERP", "https://erp.example/", [Subject.NODES], act=act)
        made = secrets_of_hooks()
    yield made
    install(app.extensions["settings"])


def secrets_of_hooks() -> dict[str, Any]:
    with unit_of_work(), across_tenants():
        rows = db.session.scalars(select(Webhook)).all()
        return {str(row.organisation_id): webhooks.open_secret(row) for row in rows}


def test_webhooks_sign_as_before_under_a_new_key_and_the_old_one_is_gone(
    app: Flask, two_hooks: dict[str, bytes]
):
    with app.app_context():
        old = adapters().keys.webhook()

    answer = told(rotate(app, "webhook"))

    with app.app_context():
        assert secrets_of_hooks() == two_hooks
        assert adapters().keys.webhooks() == (adapters().keys.webhook(),) != (old,)
    assert answer["webhooks"] == 2
    assert events(app, "keys:rotate_webhook") == [{"webhooks": 2}]


def test_an_interrupted_change_of_the_key_of_webhooks_loses_no_secret_and_goes_on(
    app: Flask, two_hooks: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        real = rotation.SEALED_LATER.get(WEBHOOK)
        patch.setattr(rotation.SEALED_LATER, "_values", {WEBHOOK: power_cut_after(1, real)})
        assert rotate(app, "webhook").exit_code != 0

    with app.app_context():
        assert len(adapters().keys.webhooks()) == 2
        assert secrets_of_hooks() == two_hooks
    assert events(app, "keys:rotate_webhook") == []
    left = told(rotate(app, "webhook"))["webhooks"]
    with app.app_context():
        assert secrets_of_hooks() == two_hooks
        assert len(adapters().keys.webhooks()) == 1
    assert left == 1


# ---- values of before ------------------------------------------------------------------------


def _as_before(row: SecondFactor, keys: Sequence[bytes]) -> bytes:
    """The secret sealed as versions did that wrote no mark."""
    nonce, secret = os.urandom(12), secrets.open_secret(row).encode()
    bound = b"second_factor.sealed_secret|" + row.user_id.bytes
    return nonce + AESGCM(keys[0]).encrypt(nonce, secret, bound)


def test_a_secret_that_was_sealed_without_a_mark_opens_and_gets_one_with_the_next_key(
    app: Flask, tenant: Tenant
):
    phone = with_phone(app, tenant, ANALYST)
    with app.app_context(), unit_of_work():
        row = db.session.scalars(select(SecondFactor)).one()
        row.sealed_secret = _as_before(row, adapters().keys.second_factors())
        assert not names_algorithm(row.sealed_secret)

    was_good = comes_in(app, tenant, ANALYST, phone)
    told(rotate(app, "second-factor"))

    with app.app_context(), unit_of_work():
        assert names_algorithm(db.session.scalars(select(SecondFactor)).one().sealed_secret)
    assert was_good and comes_in(app, tenant, ANALYST, phone)
