"""Challenges of passkeys: sealed for a person and a purpose, so that none is stored.

A challenge holds the moment at which it was made. It counts for ten minutes, and a passkey answers
none that was made before the passkey was last used, so that an answer counts once.
"""

import os
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.sealing import SealBroken, open_with_any, seal_bytes

LIFE = timedelta(minutes=10)
_MOMENT_BYTES, _RANDOM_BYTES = 8, 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Purpose(StrEnum):
    """What the answer to a challenge is for."""

    ADD = "add"
    PROVE = "prove"


def new_challenge(user_id: UUID, purpose: Purpose, *, at: datetime) -> bytes:
    """A challenge of 57 bytes that nobody can guess or make."""
    moment = ((at - _EPOCH) // _MICROSECOND).to_bytes(_MOMENT_BYTES, "big")
    content = moment + os.urandom(_RANDOM_BYTES)
    key = adapters().keys.second_factor()
    return seal_bytes(key, content, bound=_bound(user_id, purpose))


def made_at(challenge: bytes, user_id: UUID, purpose: Purpose, *, at: datetime) -> datetime | None:
    """When a challenge was made; None: too old, or not for this person and purpose."""
    try:
        keys = adapters().keys.second_factors()
        content = open_with_any(keys, challenge, bound=_bound(user_id, purpose))
    except SealBroken:
        return None
    moment = _EPOCH + int.from_bytes(content[:_MOMENT_BYTES], "big") * _MICROSECOND
    return moment if moment <= at <= moment + LIFE else None


def _bound(user_id: UUID, purpose: Purpose) -> bytes:
    return b"passkey challenge|" + purpose.value.encode() + b"|" + user_id.bytes
