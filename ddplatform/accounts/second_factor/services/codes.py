"""Codes that prove a second factor: of the app (RFC 6238) and for recovery, each works once."""

import hmac
import secrets
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
DRIFT_STEPS = 1
"""Steps of 30 seconds by which the clock of a phone may be early or late."""
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


def step_of(secret: str, code: str, *, after: int, at: datetime) -> int | None:
    """The time step whose code this is, among those around now; None where there is none.

    Args:
        after: the step of the newest code used; none up to it counts.
    """
    totp = pyotp.TOTP(secret, digits=DIGITS)
    now = totp.timecode(at)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


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
    factor = find_factor_for_change(user_id)
    if factor is None:
        return False
    step = step_of(open_secret(factor), code, after=factor.last_step, at=at)
    if step is None:
        return False
    factor.last_step = step
    return True


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
