"""Codes that prove a second factor: of the app (RFC 6238) and for recovery, each works once."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import pyotp

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit
from ddplatform.accounts.second_factor.models import RecoveryCode
from ddplatform.accounts.second_factor.queries import (
    find_factor_for_change,
    find_open_code_for_change,
)
from ddplatform.accounts.second_factor.services.secrets import open_secret
from ddplatform.infrastructure.adapters.passwords import hash_password, verify_password

CODE = Limit("code of a second factor", 10, 3600)
CODE_SECONDS = 30
"""How long one code of an app is accepted (OWASP ASVS 6.5.5)."""
CLOCK_STEPS = 4
"""Steps by which the clock of a phone may differ: two minutes, early or late."""
DIGITS = 6
HOW_MANY = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Signs of recovery codes: without those that are taken for another one on paper."""
GROUP, GROUPS = 4, 4
"""The first group finds the row; the other three (59 bits) are kept as a hash."""


class Kind(StrEnum):
    """What a code that fitted was."""

    APP = "app"
    RECOVERY = "recovery"


def use_code(user_id: UUID, text: str, *, at: datetime) -> Kind | None:
    """Use up a code of the app or a recovery code; None where it fits neither, or was used.

    Raises:
        TooMany: too many codes were tried for this person.
        Conflict: the key that the secret was sealed with is gone; recovery codes still work.
    """
    rate_limits.count_try(CODE, str(user_id), at=at)
    typed = "".join(text.split()).replace("-", "").lower()
    if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
        return Kind.APP if _use_app_code(user_id, typed, at=at) else None
    return Kind.RECOVERY if _use_recovery_code(user_id, typed, at=at) else None


@dataclass(frozen=True)
class Fit:
    """The time step of a code, and what its moment tells of the clock of the phone."""

    step: int
    clock_behind: int
    """Seconds; negative where the phone is ahead. As before where the step is the present one."""


def fit_of(secret: str, code: str, *, after: int, clock_behind: int, at: datetime) -> Fit | None:
    """Which step this code belongs to; None for no step within two minutes.

    Args:
        after: the step of the newest code used; none up to it counts.
        clock_behind: seconds by which this phone was seen to be behind.
    """
    totp, now = pyotp.TOTP(secret, digits=DIGITS, interval=CODE_SECONDS), int(at.timestamp())
    middle = now // CODE_SECONDS
    for step in range(max(after + 1, middle - CLOCK_STEPS), middle + CLOCK_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return Fit(step, _seen_behind(step, clock_behind, now))
    return None


def _seen_behind(step: int, clock_behind: int, now: int) -> int:
    """The least change of the difference with which this step is the present one."""
    begins = step * CODE_SECONDS
    shown = min(max(now - clock_behind, begins), begins + CODE_SECONDS - 1)
    return now - shown


def new_codes(user_id: UUID, *, at: datetime) -> tuple[list[RecoveryCode], list[str]]:
    """Ten recovery codes: the rows to keep, and the codes as they are shown once."""
    made: dict[str, str] = {}
    while len(made) < HOW_MANY:
        made[_signs(GROUP)] = _signs(GROUP * (GROUPS - 1))
    rows = [
        RecoveryCode(user_id=user_id, begins=begins, code_hash=hash_password(rest), created_at=at)
        for begins, rest in made.items()
    ]
    return rows, [_in_groups(begins + rest) for begins, rest in made.items()]


def _use_app_code(user_id: UUID, code: str, *, at: datetime) -> bool:
    """Use a code up; one that is not the present one only corrects the clock for the next."""
    factor = find_factor_for_change(user_id)
    if factor is None:
        return False
    behind = factor.clock_behind
    fit = fit_of(open_secret(factor), code, after=factor.last_step, clock_behind=behind, at=at)
    if fit is None:
        return False
    factor.last_step, factor.clock_behind = fit.step, fit.clock_behind
    return fit.clock_behind == behind


def _use_recovery_code(user_id: UUID, typed: str, *, at: datetime) -> bool:
    row = find_open_code_for_change(user_id, typed[:GROUP])
    if not verify_password(typed[GROUP:], row.code_hash if row else None) or row is None:
        return False
    row.used_at = at
    return True


def _signs(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _in_groups(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
