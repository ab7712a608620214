"""Known devices: marks of browsers from which a person signed in with the password of today.

A mark gives no right. It moves the failures of its browser to a counter of their own, so that
those of strangers shut nobody out (docs/adr/0031). It is signed for the account and its password:
only who knew that password can hold one, and a new password ends all marks of the account.
"""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner

from ddplatform.accounts.organisations.models import User

LIFE = timedelta(days=180)
MOST = 5
"""Accounts that one browser is known for; the one used longest ago is forgotten first."""
_BETWEEN = "~"


@dataclass(frozen=True)
class KnownDevices:
    """The marks that a browser brought, and the key that signs them."""

    marks: str
    secret: str = field(repr=False)

    def device_of(self, user: User | None) -> str | None:
        """The id under which this browser is known for an account; None for a stranger."""
        found = self._find(user) if user is not None else None
        return found[1] if found is not None else None

    def with_account(self, user: User) -> str:
        """The marks with a fresh one of this account, in place of an older one."""
        found = self._find(user)
        old, device = found if found is not None else (None, secrets.token_urlsafe(16))
        rest = [mark for mark in self._split() if mark != old]
        return _BETWEEN.join([self._signer(user).sign(device).decode(), *rest][:MOST])

    def _find(self, user: User) -> tuple[str, str] | None:
        signer, longest = self._signer(user), int(LIFE.total_seconds())
        for mark in self._split():
            try:
                return mark, signer.unsign(mark, max_age=longest).decode()
            except BadSignature:
                continue  # of another account, of an earlier password, too old, or made up
        return None

    def _split(self) -> list[str]:
        return [mark for mark in self.marks.split(_BETWEEN) if mark][:MOST]

    def _signer(self, user: User) -> TimestampSigner:
        return TimestampSigner(self.secret, salt=f"known device:{user.id}:{user.password_hash}")
