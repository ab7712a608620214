"""Authenticated encryption of single values (AES-256-GCM), each bound to where it is stored.

A sealed value begins with a mark that names the format and the algorithm, so that another cipher
can come beside this one. Values of before have no mark and are of AES-256-GCM too.
"""

import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32
AES_256_GCM: Final = b"seal\x01"
"""The mark of this algorithm; it is bound into the seal like the place of the value."""


class SealBroken(Exception):
    """A sealed value was changed, moved, or sealed with another key."""


def seal_bytes(key: bytes, content: bytes, *, bound: bytes) -> bytes:
    """Seal a value under a random nonce.

    Args:
        key: 32 bytes.
        bound: where the value belongs; it opens nowhere else.

    Returns:
        The mark (5 bytes), the nonce (12 bytes), then the sealed value with its tag.
    """
    nonce = os.urandom(NONCE_BYTES)
    return AES_256_GCM + nonce + AESGCM(key).encrypt(nonce, content, AES_256_GCM + bound)


def names_algorithm(sealed: bytes) -> bool:
    """Whether a sealed value says how it was sealed."""
    return sealed.startswith(AES_256_GCM)


def open_sealed(key: bytes, sealed: bytes, *, bound: bytes) -> bytes:
    """Open what `seal_bytes` made, now or before values had a mark.

    Raises:
        SealBroken: changed, cut short, moved, or sealed with another key.
    """
    if names_algorithm(sealed):
        try:
            return _decrypt(key, sealed[len(AES_256_GCM) :], bound=AES_256_GCM + bound)
        except SealBroken:
            pass  # one nonce of before in 2**40 begins like the mark
    return _decrypt(key, sealed, bound=bound)


def open_with_any(keys: Sequence[bytes], sealed: bytes, *, bound: bytes) -> bytes:
    """Open a value that was sealed with one of several keys: two while a key is changed.

    Raises:
        SealBroken: with none of them.
    """
    for key in keys[:-1]:
        try:
            return open_sealed(key, sealed, bound=bound)
        except SealBroken:
            continue
    return open_sealed(keys[-1], sealed, bound=bound)


def resealed(keys: Sequence[bytes], sealed: bytes, *, bound: bytes) -> bytes | None:
    """The value sealed with the first of these keys, where another one sealed it, or without mark.

    Returns:
        None where nothing is to be changed, or none of the keys opens the value.
    """
    for key in keys:
        try:
            content = open_sealed(key, sealed, bound=bound)
        except SealBroken:
            continue
        is_as_wanted = key == keys[0] and names_algorithm(sealed)
        return None if is_as_wanted else seal_bytes(keys[0], content, bound=bound)
    return None


def _decrypt(key: bytes, sealed: bytes, *, bound: bytes) -> bytes:
    nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, content, bound)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("A sealed value does not open.") from error
