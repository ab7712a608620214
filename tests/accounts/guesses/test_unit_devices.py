"""Marks of known browsers: signed, of one account and password, for half a year, for this alone."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from ddplatform.accounts.guesses.devices import LIFE, KnownDevices

SECRET = "a secret for tests only, long enough to be accepted"


@pytest.fixture
def user() -> Any:
    return SimpleNamespace(id=uuid4(), password_hash="$argon2id$now")


def known(marks: str) -> KnownDevices:
    return KnownDevices(marks, SECRET)


def test_mark_is_believed_while_its_signature_stands(user: Any):
    mark = known("").with_account(user)

    assert known(mark).device_of(user) is not None
    for altered in (mark[:-1], f"x{mark}", mark.split(".")[0]):
        assert known(altered).device_of(user) is None
    assert KnownDevices(mark, SECRET[::-1]).device_of(user) is None


def test_mark_ends_after_its_life(user: Any, monkeypatch: pytest.MonkeyPatch):
    mark, made = known("").with_account(user), TimestampSigner(SECRET).get_timestamp()
    life = int(LIFE.total_seconds())
    for later, is_known in ((life - 60, True), (life + 60, False)):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self, at=made + later: at)
        assert (known(mark).device_of(user) is not None) is is_known


def test_mark_is_of_one_account_and_one_password(user: Any):
    mark = known("").with_account(user)

    assert (
        known(mark).device_of(SimpleNamespace(id=uuid4(), password_hash=user.password_hash)) is None
    )
    assert known(mark).device_of(SimpleNamespace(id=user.id, password_hash="$argon2id$new")) is None


@pytest.mark.parametrize("salt", ["session of a first page", "wtf-csrf-token"])
def test_token_of_another_purpose_is_no_mark(user: Any, salt: str):
    token = URLSafeTimedSerializer(SECRET, salt=salt).dumps("device")

    assert known(token).device_of(user) is None
