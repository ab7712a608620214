"""Passwords: Argon2id hashes, and rules for new passwords (docs/security.md 8)."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ddplatform.languages import gettext

MIN_LENGTH, MAX_LENGTH = 15, 256
_CONTEXT_WORDS = ("password", "passwort", "qwerty", "123456", "letmein", "welcome")
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_DUMMY = _hasher.hash("a password nobody has, to make unknown users cost the same")
# Each hash takes 19 MiB: a burst of sign-ins may not exhaust a small machine.
_at_once = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """The Argon2id hash that is kept."""
    with _at_once:
        return _hasher.hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether the password fits; an unknown user costs the same time as a known one."""
    with _at_once:
        try:
            return _hasher.verify(kept or _DUMMY, password) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def password_problem(password: str, *, email: str = "") -> str | None:
    """The reason for refusing a new password, with the remedy; None if it is fine."""
    if len(password) < MIN_LENGTH:
        return gettext(
            "Use at least %(min_length)s characters. Four random words make a good password.",
            min_length=MIN_LENGTH,
        )
    if len(password) > MAX_LENGTH:
        return gettext("Use at most %(max_length)s characters.", max_length=MAX_LENGTH)
    lowered = password.lower()
    if len(set(lowered)) < 5:
        return gettext(
            "This password repeats a few characters. Four random words make a better one."
        )
    if any(lowered.count(word) * len(word) > len(lowered) / 2 for word in _CONTEXT_WORDS):
        return gettext(
            "This password is among the first that attackers try. Use four random words."
        )
    name = email.split("@")[0].lower()
    if len(name) > 3 and name in lowered and len(lowered) < len(name) + 10:
        return gettext("This password is mostly your address. Use four random words.")
    return None
