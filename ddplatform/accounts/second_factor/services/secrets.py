"""Secrets of authenticator apps: made, sealed at rest, and carried through the page of set-up."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp

from ddplatform.accounts.second_factor.models import SecondFactor
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.sealing import (
    SealBroken,
    open_with_any,
    resealed,
    seal_bytes,
)
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext

OFFER_LIFE = timedelta(hours=1)
"""How long a page of set-up can be confirmed."""
_KEPT, _OFFERED = b"second_factor.sealed_secret|", b"second factor offered|"


def new_offer(user_id: UUID, *, at: datetime) -> str:
    """A fresh secret, sealed for the person to whom the page of set-up shows it.

    It travels in the form of that page and is stored once a code proves that the app has it, so
    that opening the page changes nothing.
    """
    content = f"{int(at.timestamp())}|{pyotp.random_base32()}".encode()
    sealed = seal_bytes(_keys()[0], content, bound=_OFFERED + user_id.bytes)
    return base64.urlsafe_b64encode(sealed).decode()


def read_offer(offer: str, user_id: UUID, *, at: datetime) -> str | None:
    """The secret of an offer; None where it is too old, changed, or made for somebody else."""
    try:
        sealed = base64.urlsafe_b64decode(offer.encode())
        content = open_with_any(_keys(), sealed, bound=_OFFERED + user_id.bytes)
    except (SealBroken, binascii.Error, UnicodeEncodeError):
        return None
    made, _, secret = content.decode().partition("|")
    is_live = at - datetime.fromtimestamp(int(made), UTC) <= OFFER_LIFE
    return secret if is_live else None


def seal_secret(secret: str, user_id: UUID) -> bytes:
    """The secret as it is stored; it opens for this person alone."""
    return seal_bytes(_keys()[0], secret.encode(), bound=_KEPT + user_id.bytes)


def open_secret(factor: SecondFactor) -> str:
    """The secret of a stored factor.

    Raises:
        Conflict: it was sealed with another key than that of this installation.
    """
    try:
        return open_with_any(_keys(), factor.sealed_secret, bound=_bound(factor)).decode()
    except SealBroken as error:
        raise Conflict(
            gettext("The server cannot check codes of your app at the moment."),
            gettext("Use a recovery code, or ask the operator of this installation."),
        ) from error


def reseal(factor: SecondFactor, *, keys: Sequence[bytes]) -> bool:
    """Seal the secret with the first of these keys where another one sealed it.

    Returns:
        Whether it was sealed anew.
    """
    made = resealed(keys, factor.sealed_secret, bound=_bound(factor))
    factor.sealed_secret = made or factor.sealed_secret
    return made is not None


def _bound(factor: SecondFactor) -> bytes:
    return _KEPT + factor.user_id.bytes


def _keys() -> tuple[bytes, ...]:
    return adapters().keys.second_factors()
