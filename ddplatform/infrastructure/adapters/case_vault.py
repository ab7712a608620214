"""Encryption of case content, with one key per remediation case (docs/security.md 4).

AES-256-GCM. Each case has a random data key; it is wrapped by a key of the tenant, which comes
from the master key outside the database. Destroying the wrapped key erases the case. The location
of a value is bound into its seal: a sealed value moved to another row or column does not open.
"""

import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ddplatform.infrastructure.adapters.sealing import (
    KEY_BYTES,
    SealBroken,
    open_sealed,
    seal_bytes,
)


@dataclass(frozen=True)
class Place:
    """The location of a sealed value: its additional authenticated data."""

    organisation_id: UUID
    table: str
    column: str
    row_id: UUID
    key_version: int

    def bound(self) -> bytes:
        """The place as bytes."""
        parts = (self.organisation_id, self.table, self.column, self.row_id, self.key_version)
        return "|".join(str(part) for part in parts).encode()


def new_case_key(master: bytes, place: Place) -> bytes:
    """A fresh data key, wrapped for keeping at `place`."""
    return _seal(_tenant_key(master, place.organisation_id), os.urandom(KEY_BYTES), place)


def seal(text: str, *, master: bytes, wrapped: bytes, key_place: Place, place: Place) -> bytes:
    """Seal a text with the case's key for one place.

    Raises:
        SealBroken: the wrapped key is not the one of `key_place`.
    """
    return _seal(_unwrap(master, wrapped, key_place), text.encode(), place)


def unseal(sealed: bytes, *, master: bytes, wrapped: bytes, key_place: Place, place: Place) -> str:
    """Open what `seal` made for the same place.

    Raises:
        SealBroken: changed, moved, or another key.
    """
    return _open(_unwrap(master, wrapped, key_place), sealed, place).decode()


def _tenant_key(master: bytes, organisation_id: UUID) -> bytes:
    info = b"remediation cases|" + organisation_id.bytes
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def _unwrap(master: bytes, wrapped: bytes, place: Place) -> bytes:
    return _open(_tenant_key(master, place.organisation_id), wrapped, place)


def _seal(key: bytes, content: bytes, place: Place) -> bytes:
    return seal_bytes(key, content, bound=place.bound())


def _open(key: bytes, sealed: bytes, place: Place) -> bytes:
    try:
        return open_sealed(key, sealed, bound=place.bound())
    except SealBroken as error:
        raise SealBroken(f"The value at {place.table}.{place.column} does not open.") from error
