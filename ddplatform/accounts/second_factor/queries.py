"""Second factors and recovery codes of people."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, union

from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.second_factor.models import RecoveryCode, SecondFactor
from ddplatform.infrastructure.db import db, held


def find_factor(user_id: UUID) -> SecondFactor | None:
    """The second factor of a person, or None."""
    return db.session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id))


def find_factor_for_change(user_id: UUID) -> SecondFactor | None:
    """The same, held and read anew: two who send one code at once do not both pass."""
    return db.session.scalar(held(select(SecondFactor).where(SecondFactor.user_id == user_id)))


def find_open_code_for_change(user_id: UUID, begins: str) -> RecoveryCode | None:
    """The recovery code with these first signs that nobody used yet, held."""
    return db.session.scalar(
        held(
            select(RecoveryCode).where(
                RecoveryCode.user_id == user_id,
                RecoveryCode.begins == begins,
                RecoveryCode.used_at.is_(None),
            )
        )
    )


def has_factor(user_id: UUID) -> bool:
    """Whether this person has a second factor: an app or a passkey."""
    return bool(list_with_factor([user_id]))


def list_with_factor(user_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these people who have a second factor."""
    apps, passkeys = (
        select(kind.user_id).where(kind.user_id.in_(user_ids)) for kind in (SecondFactor, Passkey)
    )
    return frozenset(db.session.scalars(union(apps, passkeys)))


def count_open_codes(user_id: UUID) -> int:
    """How many recovery codes of a person are left."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )
