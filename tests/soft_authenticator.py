"""A WebAuthn authenticator for tests, in software: makes passkeys and signs as a device does.

What it sends is what a browser sends (W3C Web Authentication Level 3, sections 5.8.1, 6.1, 6.5.4);
each part can be falsified.
"""

import hashlib
import json
import os
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, HAS_CREDENTIAL = 0x01, 0x40
EC2, ES256, P256 = 2, -7, 1


def asked_on(page: str) -> dict[str, Any]:
    """What a page asks the browser."""
    found = re.search(r'data-passkey="([^"]*)"', page)
    assert found is not None, page
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


@dataclass
class Authenticator:
    """A device with one passkey."""

    host: str = "localhost"
    origin: str = "http://localhost:8000"
    counts: bool = True
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    uses: int = 0

    def create(self, asked: dict[str, Any], *, origin: str = "") -> str:
        """The answer to a page that adds a passkey, as its script sends it."""
        numbers = self.key.public_key().public_numbers()
        public_key = {
            1: EC2,
            3: ES256,
            -1: P256,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        credential = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(USER_PRESENT | HAS_CREDENTIAL) + credential + cbor2.dumps(public_key)
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._answer(
            {
                "clientDataJSON": _client_data("webauthn.create", asked, origin or self.origin),
                "attestationObject": cbor2.dumps(attestation),
            }
        )

    def get(self, asked: dict[str, Any], *, origin: str = "") -> str:
        """The answer to a page that asks for a passkey."""
        self.uses += self.counts
        data = self._data(USER_PRESENT)
        client_data = _client_data("webauthn.get", asked, origin or self.origin)
        signed = data + hashlib.sha256(client_data).digest()
        return self._answer(
            {
                "clientDataJSON": client_data,
                "authenticatorData": data,
                "signature": self.key.sign(signed, ec.ECDSA(SHA256())),
            }
        )

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _answer(self, response: dict[str, bytes]) -> str:
        own = text_of(self.credential_id)
        parts = {name: text_of(value) for name, value in response.items()}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": parts})


def text_of(content: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _client_data(kind: str, asked: dict[str, Any], origin: str) -> bytes:
    told = {"type": kind, "challenge": asked["challenge"], "origin": origin, "crossOrigin": False}
    return json.dumps(told).encode()
