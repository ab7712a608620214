"""Secrets of the platform: where they come from, how long they are, how they are kept."""

import secrets
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ddplatform.accounts.sessions.services import new_secret
from ddplatform.infrastructure.adapters.keys import KeyFolder
from ddplatform.infrastructure.adapters.passwords import hash_password
from ddplatform.infrastructure.adapters.sealing import (
    AES_256_GCM,
    SealBroken,
    names_algorithm,
    open_sealed,
    open_with_any,
    resealed,
    seal_bytes,
)

BITS = 256


@pytest.mark.usefixtures("real_hashes")
def test_passwords_are_kept_as_argon2id_with_the_parameters_of_owasp():
    assert hash_password("four random words here").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_ids_of_sessions_and_secrets_of_links_have_256_random_bits(monkeypatch: pytest.MonkeyPatch):
    asked = []
    real = secrets.token_urlsafe
    monkeypatch.setattr(secrets, "token_urlsafe", lambda n: asked.append(n) or real(n))
    made = new_secret()

    assert asked == [BITS // 8]
    assert len(urlsafe_b64decode(made + "=")) == BITS // 8


def test_keys_of_an_installation_have_256_bits_each_of_its_own(tmp_path: Path):
    one, other = (KeyFolder(tmp_path / name, origin="test") for name in ("one", "other"))
    made = [(keys.case_master(), keys.second_factor()) for keys in (one, other)]
    raw = [(tmp_path / name / "log_signing_key").exists() for name in ("one", "other")]
    one.log_signer()

    assert raw == [False, False]
    assert len((tmp_path / "one" / "log_signing_key").read_bytes()) == BITS // 8
    assert {len(key) for pair in made for key in pair} == {BITS // 8}
    assert len({key for pair in made for key in pair}) == 4


def test_a_value_that_is_sealed_twice_differs_and_opens_only_where_it_is_bound():
    key = secrets.token_bytes(32)
    first, second = (seal_bytes(key, b"told", bound=b"here") for _ in range(2))

    assert first != second
    assert open_sealed(key, first, bound=b"here") == open_sealed(key, second, bound=b"here")


def before_marks(key: bytes, content: bytes, *, bound: bytes, nonce: bytes = b"") -> bytes:
    """A value as versions sealed it that wrote no mark."""
    nonce = nonce or secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, content, bound)


def test_a_sealed_value_names_its_algorithm_and_the_mark_cannot_be_changed():
    key = secrets.token_bytes(32)
    sealed = seal_bytes(key, b"told", bound=b"here")

    assert names_algorithm(sealed) and sealed.startswith(b"seal\x01")
    for other in (b"seal\x02" + sealed[5:], sealed[5:], b"s" + sealed[5:]):
        with pytest.raises(SealBroken):
            open_sealed(key, other, bound=b"here")


@pytest.mark.parametrize("nonce", [b"", AES_256_GCM + bytes(7)])
def test_a_value_without_a_mark_opens_as_before_even_where_chance_wrote_one(nonce: bytes):
    key = secrets.token_bytes(32)
    sealed = before_marks(key, b"told", bound=b"here", nonce=nonce)

    assert open_sealed(key, sealed, bound=b"here") == b"told"
    with pytest.raises(SealBroken):
        open_sealed(key, sealed, bound=b"elsewhere")


def test_a_value_is_sealed_anew_for_another_key_or_for_the_mark_and_otherwise_left():
    new, old, lost = (secrets.token_bytes(32) for _ in range(3))
    at = {"bound": b"here"}

    of_before = resealed((new,), before_marks(new, b"told", **at), **at)
    of_old_key = resealed((new, old), seal_bytes(old, b"told", **at), **at)

    for made in (of_before, of_old_key):
        assert made is not None and names_algorithm(made)
        assert open_sealed(new, made, **at) == b"told"
    assert resealed((new, old), seal_bytes(new, b"told", **at), **at) is None
    assert resealed((new, old), seal_bytes(lost, b"told", **at), **at) is None
    assert open_with_any((new, old), seal_bytes(old, b"told", **at), **at) == b"told"
    with pytest.raises(SealBroken):
        open_with_any((new, old), seal_bytes(lost, b"told", **at), **at)
