"""Passwords: Argon2id hashes, and the rules of new passwords (docs/security.md 8).

NIST SP 800-63B-4 (3.1.1.1, 3.1.1.2) and OWASP ASVS 5.0: at least 15 characters (6.2.1), any
characters and no composition rules (6.2.5), checked as received (6.2.8), 64 and more allowed
(6.2.9), refused where common (6.2.4) or made of known names (6.2.11), never renewed by date
(6.2.10).
"""

from collections.abc import Collection
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ddplatform.core.passwords.guessing import Weakness, estimate
from ddplatform.infrastructure.adapters.installed import find_breached
from ddplatform.languages import gettext

MIN_LENGTH, MAX_LENGTH = 15, 256
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


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than those of now."""
    return _hasher.check_needs_rehash(kept)


def password_problem(password: str, *, context: Collection[str] = ()) -> str | None:
    """The reason for refusing a new password, with the remedy; None if it is fine.

    Args:
        context: names that others know: of the person, of mail addresses and organisations.
    """
    if len(password) < MIN_LENGTH:
        reason = gettext("Use at least %(min_length)s characters.", min_length=MIN_LENGTH)
        return f"{reason} {_advice()}"
    if len(password) > MAX_LENGTH:
        return gettext("Use at most %(max_length)s characters.", max_length=MAX_LENGTH)
    found = estimate(password, context)
    if found.is_enough:
        return _breached_problem(password)
    # Fifteen characters that are no known piece withstand enough guesses.
    assert found.consists_of is not None
    return f"{_reason(found.consists_of)} {_advice()}"


def _breached_problem(password: str) -> str | None:
    """What is strong by itself is weak once it was published (ASVS 5.0, 6.2.12)."""
    breached = find_breached()
    if breached is None or not breached.holds(password):
        return None
    reason = gettext("This password was published after a breach of some other service.")
    return f"{reason} {_advice()}"


def _reason(weakness: Weakness) -> str:
    if weakness is Weakness.COMMON:
        return gettext("This password consists mostly of the most used passwords.")
    if weakness is Weakness.CONTEXT:
        return gettext(
            "This password consists mostly of names that others know: yours, your address, your "
            "organisation's or this platform's."
        )
    return gettext(
        "This password consists mostly of repeated or consecutive characters, a row of keys or a "
        "date."
    )


def _advice() -> str:
    return gettext("Choose four or more words that have nothing to do with one another.")
