"""OpenID Connect Core 1.0, code flow with a proof key (RFC 7636), from the side of the client.

Follows RFC 9700 (OAuth 2.0 security): state, nonce and proof key for each try, one redirect
address for each provider, and the issuer of the answer (RFC 9207) where it is stated.
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from ddplatform.accounts.single_sign_on import lazy
from ddplatform.accounts.single_sign_on.services.fetching import (
    get_document,
    is_safe_address,
    post_form,
    unusable_answer,
)

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures of ID tokens that are accepted: none with a shared secret, and never none at all."""
MALFORMED: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading a token or a key raises that is none."""
DRIFT_S: Final = 60
"""Seconds by which the clock of a provider may be early or late."""
JUST_NOW: Final = timedelta(minutes=2)
"""How long ago a person may have signed in at the provider to count as asked again."""
LONGEST_SUBJECT: Final = 255
"""ASCII characters of a claim sub (OpenID Connect Core 1.0, section 2)."""


@dataclass(frozen=True)
class Metadata:
    """What the discovery document of a provider says (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    """Its answers state the issuer (RFC 9207)."""
    takes_secret_in_form: bool


@dataclass(frozen=True)
class Client:
    """This platform as a provider knows it."""

    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Flow:
    """What one try to sign in has to bring back; it is kept in the session and used once."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Answer:
    """What came to the redirect address."""

    code: str
    issuer: str
    error: str


@dataclass(frozen=True)
class Stated:
    """What an ID token that holds states of a person."""

    issuer: str
    subject: str
    methods: frozenset[str]
    acr: str
    signed_in_at: int | None

    def has_factor(self, acrs: tuple[str, ...]) -> bool:
        """Whether the provider states a second factor (RFC 8176), or a class that means one."""
        return "mfa" in self.methods or (bool(self.acr) and self.acr in acrs)

    def is_from_just_now(self, at: datetime) -> bool:
        """Whether the person signed in at the provider a moment ago."""
        if self.signed_in_at is None:
            return False
        passed = at.timestamp() - self.signed_in_at
        return -DRIFT_S <= passed <= JUST_NOW.total_seconds()


def new_flow() -> Flow:
    """Secrets of one try; each has 256 random bits."""
    return Flow(*(secrets.token_urlsafe(32) for _ in range(3)))


def read_metadata(issuer: str) -> Metadata:
    """Fetch and check the discovery document of an issuer.

    Raises:
        ProviderFault: there is none, it names another issuer, or an address is not encrypted.
    """
    found = get_document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    methods = found.get("token_endpoint_auth_methods_supported")
    if found.get("issuer") != issuer:
        raise unusable_answer()
    return Metadata(
        issuer,
        authorization_endpoint=_address(found, "authorization_endpoint"),
        token_endpoint=_address(found, "token_endpoint"),
        jwks_uri=_address(found, "jwks_uri"),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        takes_secret_in_form=isinstance(methods, list)
        and "client_secret_basic" not in methods
        and "client_secret_post" in methods,
    )


def _address(found: Mapping[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not is_safe_address(address):
        raise unusable_answer()
    return address


def authorization_address(metadata: Metadata, client: Client, flow: Flow, *, again: bool) -> str:
    """Where the browser goes to sign in.

    Args:
        again: the provider asks for the password although the person is signed in there.
    """
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": "openid",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": lazy.proof_key.create_s256_code_challenge(flow.verifier),
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}"


def belongs_to(state: str, flow: Flow) -> bool:
    """Whether an answer with this state came back from this very try."""
    return hmac.compare_digest(state.encode(), flow.state.encode())


def redeem(
    metadata: Metadata, client: Client, flow: Flow, answer: Answer, *, at: datetime
) -> Stated:
    """Exchange the code of an answer for an ID token, and check the token. Neither is kept.

    Raises:
        ProviderFault: the answer names another issuer, the code is refused, or the token does
            not hold.
    """
    if answer.issuer != metadata.issuer and (answer.issuer or metadata.names_itself):
        raise unusable_answer()
    tokens = post_form(*_token_request(metadata, client, flow, answer.code))
    token = tokens.get("id_token")
    if not isinstance(token, str):
        raise unusable_answer()
    keys: Any = get_document(metadata.jwks_uri)
    access_token = tokens.get("access_token")
    try:
        read = lazy.jwt.decode(token, lazy.jwk.KeySet.import_key_set(keys), list(ALGORITHMS))
        claims = lazy.claims.CodeIDToken(
            read.claims,
            read.header,
            options={
                "iss": {"essential": True, "value": metadata.issuer},
                "aud": {"essential": True, "value": client.client_id},
            },
            params={
                "nonce": flow.nonce,
                "client_id": client.client_id,
                "access_token": access_token if isinstance(access_token, str) else None,
            },
        )
        claims.validate(now=int(at.timestamp()), leeway=DRIFT_S)
    except (lazy.errors.JoseError, *MALFORMED) as error:
        raise unusable_answer() from error
    return _stated(claims)


def _token_request(
    metadata: Metadata, client: Client, flow: Flow, code: str
) -> tuple[str, dict[str, str], dict[str, str]]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": flow.verifier,
    }
    if metadata.takes_secret_in_form:
        fields |= {"client_id": client.client_id, "client_secret": client.secret}
        return metadata.token_endpoint, fields, {}
    # RFC 6749, 2.3.1: both are form-encoded before they are joined.
    joined = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
    basic = b64encode(joined.encode()).decode()
    return metadata.token_endpoint, fields, {"Authorization": f"Basic {basic}"}


def _stated(claims: Mapping[str, Any]) -> Stated:
    subject, signed_in_at = str(claims["sub"]), claims.get("auth_time")
    is_usable = 0 < len(subject) <= LONGEST_SUBJECT
    if not (is_usable and subject.isascii() and subject.isprintable()):
        raise unusable_answer()
    methods, acr = claims.get("amr"), claims.get("acr")
    return Stated(
        issuer=claims["iss"],
        subject=subject,
        methods=frozenset(one for one in methods or () if isinstance(one, str)),
        acr=acr if isinstance(acr, str) else "",
        signed_in_at=signed_in_at if isinstance(signed_in_at, int) else None,
    )
