"""What the platform signs, and what its libraries sign for it, carries HMAC-SHA-256."""

import hashlib
from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import URLSafeTimedSerializer
from wtforms.validators import ValidationError

from ddplatform.accounts.guesses.devices import KnownDevices
from ddplatform.accounts.organisations.models import User
from tests.factories import csrf_token

SHA256_BYTES = 32
SALT = "wtf-csrf-token"


def signature_bytes(signed: str) -> int:
    """Length of the last part of a signed text."""
    last = signed.rpartition(".")[2]
    return len(urlsafe_b64decode(last + "=" * (-len(last) % 4)))


def test_form_token_and_cookie_of_a_first_page_are_signed_with_sha256(app: Flask):
    client = app.test_client()
    token = csrf_token(client, "/sign-in")
    cookie = client.get_cookie("session")

    assert signature_bytes(token) == SHA256_BYTES
    assert cookie is not None and signature_bytes(cookie.value) == SHA256_BYTES


def test_mark_of_a_known_device_is_signed_with_sha256(app: Flask):
    user = User(email="a@acme.example", name="A", password_hash="x", created_at=datetime.now(UTC))
    marks = KnownDevices("", "a secret").with_account(user)

    assert signature_bytes(marks) == SHA256_BYTES
    assert KnownDevices(marks, "a secret").device_of(user) is not None


def test_token_signed_with_another_algorithm_is_refused(app: Flask):
    with app.test_request_context():
        token = generate_csrf()
        with_sha1 = {"digest_method": hashlib.sha1}
        signer = URLSafeTimedSerializer(app.secret_key, salt=SALT, signer_kwargs=with_sha1)
        validate_csrf(token)
        with pytest.raises(ValidationError, match="invalid"):
            validate_csrf(signer.dumps(session["csrf_token"]))
