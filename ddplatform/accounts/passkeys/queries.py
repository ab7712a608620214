"""Passkeys of people."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.one_row import get_one


def list_passkeys(user_id: UUID) -> Sequence[Passkey]:
    """The passkeys of a person, in the order in which they were added."""
    wanted = select(Passkey).where(Passkey.user_id == user_id)
    return db.session.scalars(wanted.order_by(Passkey.added_at, Passkey.id)).all()


def get_passkey(user_id: UUID, passkey_id: UUID) -> Passkey:
    """One passkey of a person.

    Raises:
        NotFound: there is none with this id, or it belongs to somebody else.
    """
    return get_one(select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id))


def find_passkey_for_change(user_id: UUID, credential_id: bytes) -> Passkey | None:
    """The passkey of a person that an authenticator names, held and read anew."""
    return db.session.scalar(
        held(
            select(Passkey).where(
                Passkey.user_id == user_id, Passkey.credential_id == credential_id
            )
        )
    )


def is_registered(credential_id: bytes) -> bool:
    """Whether anybody has this passkey."""
    found = select(Passkey.id).where(Passkey.credential_id == credential_id)
    return db.session.scalar(found) is not None
