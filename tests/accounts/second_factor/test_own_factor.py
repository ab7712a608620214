"""A person's own second factor: set-up, replacement, removal, recovery codes, its key."""

import os
import random
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.accounts.passkeys.services.challenges import Purpose, new_challenge
from ddplatform.accounts.second_factor.models import RecoveryCode, SecondFactor
from ddplatform.accounts.second_factor.services import own_factor, secrets
from ddplatform.accounts.second_factor.services.codes import new_codes
from ddplatform.accounts.second_factor.services.secrets import new_offer, read_offer
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters, install
from ddplatform.infrastructure.adapters.sealing import SealBroken, open_sealed, seal_bytes
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs.models import Job
from tests.accounts.organisations.test_links import do_all_jobs, last_mail
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.second_factors import (
    RECOVERY,
    SET_UP,
    ask_factor_of,
    hidden,
    key_on,
    pass_password,
    phone_of,
    send_code,
    set_up,
    user_id_of,
    with_phone,
)

ANALYST = RoleId.ANALYST


def factors(app: Flask) -> list[SecondFactor]:
    with app.app_context():
        return list(db.session.scalars(select(SecondFactor)))


def test_page_of_set_up_shows_a_square_and_the_same_key_in_text(app: Flask, tenant: Tenant):
    page = signed_in_client(app, tenant, ANALYST).get(SET_UP).text

    assert '<svg width="' in page
    assert len(key_on(page)) == 32  # 160 bits, as RFC 4226 recommends
    assert factors(app) == []


def test_factor_counts_once_a_code_of_the_app_confirmed_it(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    assert "Not set up." in client.get("/account").text

    answer = set_up(client)
    do_all_jobs(app)

    assert len(set(re.findall(RECOVERY, answer.text))) == 10
    assert "10 recovery codes are left." in client.get("/account").text
    assert actions(app)[-1] == "second_factor:set_up"
    assert "Subject: Second factor set up" in last_mail(app)


def test_wrong_code_sets_nothing_up_and_the_page_keeps_its_key(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    keys: list[str] = []

    def wrong(key: str) -> str:
        keys.append(key)
        return pyotp.TOTP(key).at(datetime.now(UTC) - timedelta(minutes=10))

    answer = set_up(client, wrong)

    assert answer.status_code == 422
    assert "This is not the code that the app shows now." in answer.text
    assert key_on(answer.text) == keys[0]
    assert factors(app) == []


def test_page_of_set_up_is_bound_to_its_person_and_ends_after_an_hour(
    context: Flask, tenant: Tenant
):
    mine, other = user_id_of(tenant, ANALYST), user_id_of(tenant, RoleId.ADMIN)
    now = datetime.now(UTC)
    offer = new_offer(mine, at=now)

    assert read_offer(offer, mine, at=now + timedelta(minutes=59)) is not None
    assert read_offer(offer, mine, at=now + timedelta(minutes=61)) is None
    assert read_offer(offer, other, at=now) is None
    assert [read_offer(text, mine, at=now) for text in ("", "é", "AAAA", offer[:-8])] == [None] * 4
    with pytest.raises(Invalid, match="correction") as refused:
        own_factor.set_up_factor(get_user(mine), offer="AAAA", code="123456", at=now)
    assert "open too long" in refused.value.fields["code"]


def test_set_up_signs_out_everywhere_else(app: Flask, tenant: Tenant):
    elsewhere = signed_in_client(app, tenant, ANALYST)
    here = signed_in_client(app, tenant, ANALYST)

    phone_of(app, here)

    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


def test_secret_and_recovery_codes_stand_nowhere_in_the_database(app: Flask, tenant: Tenant):
    phone = with_phone(app, tenant, ANALYST)

    with app.app_context():
        models = (SecondFactor, RecoveryCode, UserSession, Job)
        tables = [model.__table__ for model in models]
        stored = repr([db.session.execute(select(table)).all() for table in tables])

    assert phone.key not in stored
    assert not [code for code in phone.recovery if code[5:] in stored]
    assert not [code for code in phone.recovery if code.replace("-", "")[4:] in stored]


def test_sealed_secret_opens_only_for_its_person_and_with_the_key_of_the_installation(
    app: Flask, tenant: Tenant
):
    phone = with_phone(app, tenant, ANALYST)
    with app.app_context():
        (factor,) = factors(app)
        assert secrets.open_secret(factor) == phone.key
        factor.user_id = user_id_of(tenant, RoleId.ADMIN)
        with pytest.raises(Conflict, match="cannot check codes"):
            secrets.open_secret(factor)


def test_who_lost_nothing_comes_in_by_recovery_code_when_the_key_is_gone(
    app: Flask, tenant: Tenant
):
    phone = with_phone(app, tenant, ANALYST)
    (adapters().keys._folder / "second_factor_key").unlink()
    install(app.extensions["settings"])  # a new process: it makes a key anew
    client, _ = pass_password(app, tenant.email(ANALYST))

    by_app = send_code(client, phone.shown())
    by_recovery = send_code(client, phone.recovery[0])

    assert by_app.status_code == 409
    assert "Use a recovery code" in by_app.text
    assert by_recovery.status_code == 302


def test_sealed_value_that_was_changed_or_cut_short_does_not_open():
    key = bytes(range(32))
    sealed = seal_bytes(key, b"a secret", bound=b"here")

    assert open_sealed(key, sealed, bound=b"here") == b"a secret"
    for broken in (sealed[:-1], sealed[:5], b"", sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(SealBroken):
            open_sealed(key, broken, bound=b"here")
    with pytest.raises(SealBroken):
        open_sealed(key, sealed, bound=b"elsewhere")


def test_another_app_takes_the_place_of_the_first_and_the_person_is_told(
    app: Flask, tenant: Tenant
):
    client = signed_in_client(app, tenant, ANALYST)
    first = phone_of(app, client)
    second = phone_of(app, client)
    do_all_jobs(app)
    there, _ = pass_password(app, tenant.email(ANALYST))

    assert send_code(there, first.code()).status_code == 422
    assert send_code(there, first.recovery[0]).status_code == 422
    assert send_code(there, second.code()).status_code == 302
    assert len(factors(app)) == 1
    assert "second_factor:replace" in actions(app)
    assert "Subject: Second factor replaced" in last_mail(app)


def test_new_recovery_codes_void_the_earlier_ones(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    phone, page = phone_of(app, client), "/account/second-factor/codes"
    answer = client.post(page, data={"csrf_token": csrf_token(client, page)})
    do_all_jobs(app)
    new = re.findall(RECOVERY, answer.text)
    there, _ = pass_password(app, tenant.email(ANALYST))

    assert len(new) == 10
    assert send_code(there, phone.recovery[0]).status_code == 422
    assert send_code(there, new[0]).status_code == 302
    assert "second_factor:renew_codes" in actions(app)
    assert "Subject: New recovery codes" in last_mail(app)


def test_removed_factor_is_asked_no_more_and_the_person_is_told(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    phone_of(app, client)
    elsewhere = signed_in_client(app, tenant, ANALYST)
    page = "/account/second-factor/remove"

    answer = client.post(page, data={"csrf_token": csrf_token(client, page)})
    do_all_jobs(app)
    _, signed_in = pass_password(app, tenant.email(ANALYST))

    assert answer.status_code == 302
    assert "Your second factor is removed." in client.get("/account").text
    assert elsewhere.get("/account").status_code == 302
    assert signed_in.location == "/"
    assert "second_factor:remove" in actions(app)
    assert "Subject: Second factor removed" in last_mail(app)


def test_factor_that_the_organisation_asks_for_cannot_be_removed(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, ANALYST)
    phone_of(app, client)
    ask_factor_of(app, tenant, ANALYST)
    page = "/account/second-factor/remove"

    answer = client.post(page, data={"csrf_token": csrf_token(client, page)})

    assert answer.status_code == 409
    assert "Your organisation asks for a second factor in your role." in answer.text
    assert len(factors(app)) == 1


@pytest.mark.parametrize("page", ["/account/second-factor/remove", "/account/second-factor/codes"])
def test_who_has_no_factor_has_nothing_to_remove_and_no_codes_to_make(
    app: Flask, tenant: Tenant, page: str
):
    client = signed_in_client(app, tenant, ANALYST)

    answer = client.post(page, data={"csrf_token": csrf_token(client, page)})

    assert answer.status_code == 409
    with app.app_context():
        assert db.session.scalar(select(RecoveryCode.id)) is None


def test_code_of_the_set_up_page_of_somebody_else_sets_nothing_up(app: Flask, tenant: Tenant):
    other = signed_in_client(app, tenant, RoleId.ADMIN).get(SET_UP).text
    client = signed_in_client(app, tenant, ANALYST)
    data = {"csrf_token": csrf_token(client, SET_UP), "offer": hidden(other, "offer")}

    answer = client.post(SET_UP, data={**data, "code": pyotp.TOTP(key_on(other)).now()})

    assert answer.status_code == 422
    assert key_on(answer.text) != key_on(other)
    assert factors(app) == []


def test_recovery_codes_are_kept_as_argon2id_each_with_a_salt_of_its_own(
    app: Flask, tenant: Tenant
):
    with_phone(app, tenant, ANALYST)
    with app.app_context():
        kept = [row.code_hash for row in db.session.scalars(select(RecoveryCode))]
    salts = {text.split("$")[4] for text in kept}

    assert all(text.startswith("$argon2id$v=19$") for text in kept)
    assert len(salts) == len(kept) == 10
    assert all(len(salt) >= 22 for salt in salts)  # 128 bits in base64


def test_keys_of_apps_recovery_codes_and_challenges_come_from_the_systems_random_source(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    asked: list[int] = []
    real = os.urandom

    def counted(size: int) -> bytes:
        asked.append(size)
        return real(size)

    monkeypatch.setattr(random, "_urandom", counted)  # below `secrets` and SystemRandom
    monkeypatch.setattr(os, "urandom", counted)
    client = signed_in_client(app, tenant, ANALYST)
    asked.clear()
    client.get(SET_UP)
    for_key = len(asked)
    new_challenge(user_id_of(tenant, ANALYST), Purpose.PROVE, at=datetime.now(UTC))
    for_challenge = len(asked) - for_key
    new_codes(user_id_of(tenant, ANALYST), at=datetime.now(UTC))

    assert for_key >= 32  # one for each sign of the key
    assert for_challenge == 2  # its random part, and the nonce of its seal
    assert len(asked) - for_key - for_challenge >= 10 * 16  # one for each sign of ten codes
