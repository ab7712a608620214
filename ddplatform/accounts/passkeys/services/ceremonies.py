"""Registration and authentication of passkeys (W3C Web Authentication Level 3, sections 7.1, 7.2).

What a browser is asked, and the check of what it answers. A passkey is bound to the host of the
platform's address; browsers know none for an address of numbers.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.passkeys import lazy
from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.passkeys.services.challenges import Purpose, made_at, new_challenge
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.web.page_context import PRODUCT

MAX_ANSWER = 16_384
"""Characters of an answer; attestations of security keys take up to some 5,000."""


@dataclass(frozen=True)
class Registered:
    """What a browser answered with a new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Answer:
    """What a browser answered with a passkey that exists, before its signature is checked."""

    text: str
    credential_id: bytes
    challenge: bytes


def has_host_for_passkeys() -> bool:
    """Whether browsers make passkeys for the platform's address: a host name, and encrypted."""
    address = urlsplit(adapters().base_url)
    host = address.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return address.scheme == "https" or host == "localhost"
    return False


def ask_for_new(user: User, existing: Collection[Passkey], *, at: datetime) -> str:
    """What a browser is asked to make a passkey, as JSON; one that is registered is left out."""
    options = lazy.webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=PRODUCT,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        challenge=new_challenge(user.id, Purpose.ADD, at=at),
        authenticator_selection=lazy.structs.AuthenticatorSelectionCriteria(
            resident_key=lazy.structs.ResidentKeyRequirement.PREFERRED,
            user_verification=lazy.structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(existing),
    )
    return lazy.webauthn.options_to_json(options)


def ask_for_proof(user_id: UUID, existing: Collection[Passkey], *, at: datetime) -> str:
    """What a browser is asked to prove one of these passkeys, as JSON."""
    options = lazy.webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=new_challenge(user_id, Purpose.PROVE, at=at),
        allow_credentials=_descriptors(existing),
    )
    return lazy.webauthn.options_to_json(options)


def read_registration(text: str, user_id: UUID, *, at: datetime) -> Registered | None:
    """The new passkey that a browser answered; None where the answer does not hold."""
    found = _read(text)
    if found is None or made_at(found.challenge, user_id, Purpose.ADD, at=at) is None:
        return None
    try:
        verified = lazy.webauthn.verify_registration_response(
            credential=text,
            expected_challenge=found.challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
        )
    except (lazy.exceptions.WebAuthnException, ValueError):
        return None
    return Registered(verified.credential_id, verified.credential_public_key, verified.sign_count)


def read_answer(text: str) -> Answer | None:
    """The passkey and the challenge that an answer names; None where it is no such answer."""
    return _read(text)


def check_signature(answer: Answer, passkey: Passkey) -> int | None:
    """The new count of signatures; None where the signature, the host or the count is wrong."""
    try:
        verified = lazy.webauthn.verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except (lazy.exceptions.WebAuthnException, ValueError):
        return None
    return verified.new_sign_count


def _read(text: str) -> Answer | None:
    base64url = lazy.webauthn.base64url_to_bytes
    try:
        credential = json.loads(text)
        client_data = json.loads(base64url(credential["response"]["clientDataJSON"]))
        return Answer(text, base64url(credential["id"]), base64url(client_data["challenge"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _descriptors(existing: Collection[Passkey]) -> list[lazy.structs.PublicKeyCredentialDescriptor]:
    return [
        lazy.structs.PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in existing
    ]


def _host() -> str:
    return urlsplit(adapters().base_url).hostname or ""


def _origin() -> str:
    address = urlsplit(adapters().base_url)
    return f"{address.scheme}://{address.netloc}"
