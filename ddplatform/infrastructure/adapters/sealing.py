"""Authenticated encryption of single values (AES-256-GCM), each bound to where it is stored."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(Exception):
    """A sealed value was changed, moved, or sealed with another key."""


def seal_bytes(key: bytes, content: bytes, *, bound: bytes) -> bytes:
    """Seal a value under a random nonce.

    Args:
        key: 32 bytes.
        bound: where the value belongs; it opens nowhere else.

    Returns:
        The nonce (12 bytes), then the sealed value with its tag.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, bound)


def open_sealed(key: bytes, sealed: bytes, *, bound: bytes) -> bytes:
    """Open what `seal_bytes` made.

    Raises:
        SealBroken: changed, cut short, moved, or sealed with another key.
    """
    nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, content, bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("A sealed value does not open.") from error
