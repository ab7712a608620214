"""Stored browser sessions."""

from sqlalchemy import bindparam, select

from ddplatform.accounts.organisations.models import UserSession
from ddplatform.infrastructure.db import db

# Asked on every page, so written once: making a statement takes longer than running it.
_SESSION = select(UserSession).where(UserSession.id_hash == bindparam("id_hash"))


def find_session(id_hash: str) -> UserSession | None:
    """The session with this hash of its id, also one that is too old to be used."""
    return db.session.scalar(_SESSION, {"id_hash": id_hash})
